import { z } from 'zod';
import { curvePointSchema } from './event-parts.ts';
import { phases, sharings } from './words.ts';

// The pulse: many, live, lossy messages from the engine. Losing any of them may cost a moment of picture, never truth.

/** One GPU at one moment. null = the device does not say (MIG, old driver). */
const gpuSampleSchema = z.object({
  index: z.number(),
  uuid: z.string().nullable(),
  name: z.string(),
  /** Percent. */
  utilization: z.number().nullable(),
  memoryUtilization: z.number().nullable(),
  memoryTotalMiB: z.number().nullable(),
  memoryUsedMiB: z.number().nullable(),
  memoryFreeMiB: z.number().nullable(),
  temperatureC: z.number().nullable(),
  powerW: z.number().nullable(),
  powerLimitW: z.number().nullable(),
  smClockMHz: z.number().nullable(),
  fanPercent: z.number().nullable(),
  pstate: z.string().nullable(),
  /** Plain words, such as `power cap` or `thermal (hardware)`; empty when running free, null when nobody says. */
  throttle: z.array(z.string()).nullable(),
  mig: z.boolean(),
});
export type GpuSample = z.infer<typeof gpuSampleSchema>;

const gpuProcessSchema = z.object({
  gpuUuid: z.string(),
  pid: z.number(),
  name: z.string(),
  memoryMiB: z.number().nullable(),
  /** Whose it is; missing = the engine has not looked. */
  owner: z.enum(['trial', 'model', 'other']).optional(),
});
export type GpuProcess = z.infer<typeof gpuProcessSchema>;

/** One message of the pulse. */
export const pulseSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('phase'),
    phase: z.enum(phases),
    n: z.number(),
    since: z.number(),
    detail: z.string(),
  }),
  /** A proposal attempt begins: clears the model pane. */
  z.object({
    type: z.literal('model.started'),
    n: z.number(),
    attempt: z.number(),
    model: z.string(),
    numCtx: z.number().nullable(),
    promptTokens: z.number().nullable(),
    /** The next voice of a panel: what was said before stays. */
    goesOn: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('model.tokens'),
    n: z.number(),
    channel: z.enum(['thinking', 'answer']),
    text: z.string(),
  }),
  z.object({
    type: z.literal('model.stats'),
    n: z.number(),
    /** `loading` until the first token. */
    stage: z.enum(['loading', 'generating', 'done', 'retrying']),
    tokens: z.number(),
    tokensPerSecond: z.number().nullable(),
    promptTokens: z.number().nullable(),
    note: z.string().nullable(),
  }),
  /** What the tuner thinks: its pick first, then what else looked good. Gains are on the decision scale, positive = better. */
  z.object({
    type: z.literal('tuner'),
    n: z.number(),
    /** Runs that it has learned from. */
    known: z.number(),
    looks: z.array(
      z.object({
        changes: z.array(z.object({ name: z.string(), from: z.number(), to: z.number() })),
        gain: z.number(),
        sd: z.number(),
        /** Expected improvement over the champion. */
        improvement: z.number(),
      }),
    ),
    constants: z.array(z.object({ name: z.string(), value: z.number(), tried: z.number() })),
  }),
  /** Replaces the diff pane; base = short name of what it is against. */
  z.object({
    type: z.literal('diff'),
    n: z.number(),
    base: z.string(),
    text: z.string(),
    /** The proposal is still being written: this much of it could be read and applied so far. */
    draft: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('trial.started'),
    n: z.number(),
    k: z.number(),
    startedAt: z.number(),
    budgetMs: z.number(),
    timeoutMs: z.number(),
  }),
  z.object({
    type: z.literal('log'),
    n: z.number(),
    k: z.number(),
    lines: z.array(z.string()),
    /** The unfinished line that `\r` keeps rewriting; null when none. */
    live: z.string().nullable(),
    /** Lines that were too many to send. */
    dropped: z.number(),
    /** Number of the first of `lines` in the trial's log, 0 = the very first. */
    first: z.number().optional(),
  }),
  z.object({
    type: z.literal('curve'),
    n: z.number(),
    k: z.number(),
    points: z.array(curvePointSchema),
    /** What the values are, as the script calls it: `loss`, `train loss`. */
    of: z.string().optional(),
  }),
  z.object({
    type: z.literal('gpu'),
    at: z.number(),
    gpus: z.array(gpuSampleSchema),
    processes: z.array(gpuProcessSchema),
    /** True where nobody tells who is on the GPUs. */
    processesUnknown: z.boolean().optional(),
    stale: z.string().nullable(),
  }),
  z.object({
    type: z.literal('host'),
    at: z.number(),
    /** Percent of all cores. */
    cpu: z.number(),
    memoryUsedMiB: z.number(),
    memoryTotalMiB: z.number(),
    trialRssMiB: z.number().nullable(),
    engineRssMiB: z.number(),
    /** Room on the disk of the run's folder, and what a trial needs there; missing = it does not say. */
    disk: z.object({ freeMiB: z.number(), neededMiB: z.number() }).optional(),
  }),
  /** Who may use the GPU now, and what sharing it costs. */
  z.object({
    type: z.literal('lease'),
    holder: z.enum(['model', 'trial', 'nobody']),
    /** What is being waited for before it changes hands, such as `unloading the model`; null when nothing is. */
    step: z.string().nullable(),
    sharing: z.enum(sharings),
    why: z.string(),
    /** Mean time to unload and load again, seconds per experiment; null until it was measured. */
    swapSeconds: z.number().nullable(),
  }),
  /** What the user asked for and the loop has not come to yet. */
  z.object({
    type: z.literal('wishes'),
    hold: z.enum(['after-trial', 'now']).nullable(),
    stop: z.enum(['after-trial', 'now']).nullable(),
    /** Skipped or rejected experiments whose changes run next, in this order. */
    requeue: z.array(z.number()).optional(),
  }),
  /** What undo can take back, the latest act first. */
  z.object({
    type: z.literal('undos'),
    acts: z.array(
      z.object({
        id: z.number(),
        what: z.string(),
        /** What undoing it would do now and what that costs, in plain words. */
        effect: z.string(),
        /** Why it cannot be taken back any more; missing while it can. */
        gone: z.string().optional(),
      }),
    ),
  }),
  z.object({ type: z.literal('heartbeat'), at: z.number(), beat: z.number() }),
  z.object({ type: z.literal('notice'), level: z.enum(['info', 'warn', 'error']), text: z.string() }),
]);
export type Pulse = z.infer<typeof pulseSchema>;
export type PulseOf<T extends Pulse['type']> = Extract<Pulse, { type: T }>;
