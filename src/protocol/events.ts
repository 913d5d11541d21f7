import { z } from 'zod';
import { settingsSchema } from './settings.ts';
import {
  actors,
  confidences,
  proposerKinds,
  runModes,
  sharings,
  trialOutcomes,
  trialRoles,
  verdictSchema,
} from './words.ts';

// The journal: few, durable, ordered events. One JSON object a line. Types are `noun.verb-past`.
// Only add optional fields to a published event; a changed meaning needs a new type.

const sha = z.string();
/** States are lists by number: one of two billion in a damaged journal would be a list of two billion places. */
const n = z.number().int().min(0).max(999_999);

/** A process that may have to be found again after a crash: pid alone is not an identity, pids are reused. */
export const processIdSchema = z.object({
  pid: z.number().int(),
  /** Field 22 of /proc/<pid>/stat (clock ticks since boot); null where there is no /proc. */
  startTicks: z.number().nullable(),
  bootId: z.string().nullable(),
});
export type ProcessId = z.infer<typeof processIdSchema>;

/** One point of a trial's live curve: step, seconds since the trial's start, value (usually training loss). */
export const curvePointSchema = z.object({
  step: z.number(),
  seconds: z.number(),
  value: z.number(),
  /** Share of the time box the script says it has done, 0..1. */
  fraction: z.number().nullable(),
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

export const proposerInfoSchema = z.object({
  kind: z.enum(proposerKinds),
  /** In plain words: why this proposer and not another. Shown in the header. */
  why: z.string(),
  model: z.string().nullable(),
});
export type ProposerInfo = z.infer<typeof proposerInfoSchema>;

/** What a proposer said of one of its edits, for lists and for resuming the tuner. */
export const constantChangeSchema = z.object({
  path: z.string(),
  name: z.string(),
  from: z.number(),
  to: z.number(),
});
export type ConstantChange = z.infer<typeof constantChangeSchema>;

/** What is around trials and checks, and why. */
export const sandboxInfoSchema = z.object({ level: z.enum(['bubblewrap', 'off']), why: z.string() });
export type SandboxInfo = z.infer<typeof sandboxInfoSchema>;

/** What the command line said instead of pawl.yaml. It goes on holding when the run is resumed. */
export const overridesSchema = z.object({
  experiments: z.number().optional(),
  afterMs: z.number().optional(),
  budgetMs: z.number().optional(),
  proposer: z.enum(['auto', 'ollama', 'tuner']).optional(),
  model: z.string().optional(),
  verify: z.number().optional(),
  sandbox: z.enum(['off']).optional(),
});
export type Overrides = z.infer<typeof overridesSchema>;

/** What the machine did while a trial ran: tells a slow idea from a busy machine, and what fits beside it. */
export const conditionsSchema = z.object({
  gpus: z.array(
    z.object({
      index: z.number(),
      totalMiB: z.number(),
      /** Memory that was not free (total - free), before the trial and at its highest. */
      beforeMiB: z.number(),
      peakMiB: z.number(),
      /** Share of the samples in which heat throttled it, 0..1. */
      hot: z.number(),
    }),
  ),
  /** Cores that other programs kept busy, mean; null when it was too short to say. */
  foreignCores: z.number().nullable(),
  /** Share of its time that the trial waited for a core, 0..1; null when the kernel does not say. */
  waited: z.number().nullable(),
});
export type Conditions = z.infer<typeof conditionsSchema>;

const bodies = {
  'run.started': z.object({
    tag: z.string(),
    project: z.string(),
    /** Commit that the run started from. */
    base: sha,
    branch: z.string(),
    settings: settingsSchema,
    proposer: proposerInfoSchema,
    sandbox: sandboxInfoSchema,
    host: z.object({ cpus: z.number(), memoryMiB: z.number(), node: z.string(), platform: z.string() }),
    gpus: z.array(z.object({ name: z.string(), memoryMiB: z.number().nullable() })),
    seed: z.number(),
    version: z.string(),
    /** Put in the environment of every trial, so that its processes can be found again. */
    cookie: z.string(),
    engine: processIdSchema,
    overrides: overridesSchema.optional(),
  }),
  'run.resumed': z.object({
    engine: processIdSchema,
    recovered: z.array(z.string()),
    /** Where the project is now: it may have been moved since the run began. */
    project: z.string().optional(),
    settings: settingsSchema.optional(),
    proposer: proposerInfoSchema.optional(),
    /** Left out by versions that had none; what was said at the start then holds. */
    sandbox: sandboxInfoSchema.optional(),
    overrides: overridesSchema.optional(),
  }),
  'run.held': z.object({
    by: z.enum(actors),
    reason: z.string(),
    next: z.string().nullable(),
    /** `now`: the running trial was stopped and its experiment runs again on release. */
    when: z.enum(['after-trial', 'now']),
    /** The measured experiment that waits for an answer, `keep` or `discard`. */
    asks: n.optional(),
  }),
  'run.released': z.object({
    by: z.enum(actors),
    /** The answer to what was asked. */
    decision: z.enum(['keep', 'discard']).optional(),
  }),
  /** Start and champion measured again by turns on fresh seeds: the only number that may be called the run's gain. */
  'run.verified': z.object({
    /** The champion that was compared with the start. */
    n,
    start: z.array(z.number()),
    end: z.array(z.number()),
    /** Relative (0.05 = 5 % better) on the log scale, else in the metric's unit; null when it could not be measured. */
    claim: z
      .object({
        gain: z.number(),
        low: z.number(),
        high: z.number(),
        scale: z.enum(['log', 'abs']),
        start: z.number(),
        end: z.number(),
        pairs: z.number(),
      })
      .nullable(),
    /** The held-out command's number for both; null without one. */
    heldOut: z.object({ start: z.number().nullable(), end: z.number().nullable() }).nullable(),
    why: z.string(),
  }),
  'run.ended': z.object({
    outcome: z.enum(['finished', 'stopped', 'failed']),
    why: z.string(),
    exitCode: z.number(),
    /** Last lines of the log that explains a failure. */
    tail: z.array(z.string()).optional(),
  }),
  'experiment.started': z.object({ n, parent: sha, proposer: z.enum(proposerKinds) }),
  'experiment.proposed': z.object({
    n,
    attempt: z.number().int().min(1),
    hypothesis: z.string(),
    expect: z.string().nullable(),
    family: z.string().nullable(),
    constants: z.array(constantChangeSchema),
    /** Seconds spent proposing, and tokens where a model did. */
    seconds: z.number(),
    tokens: z.number().nullable(),
    /** What the GPUs drew while it was proposed, Wh; missing = not known (no GPU, no sensor). */
    energyWh: z.number().optional(),
  }),
  /** One refused attempt at a proposal; the experiment goes on while attempts are left. */
  'experiment.rejected': z.object({
    n,
    attempt: z.number().int().min(1),
    code: z.string(),
    why: z.string(),
    /** As for a proposal, where the reply was none. */
    energyWh: z.number().optional(),
  }),
  'experiment.committed': z.object({
    n,
    sha,
    tree: sha,
    parent: sha,
    files: z.array(z.string()),
    added: z.number(),
    removed: z.number(),
    /** True when only the tolerant matcher found the place of an edit. */
    fuzzy: z.boolean(),
  }),
  'trial.started': z.object({
    n,
    k: z.number().int().min(0),
    role: z.enum(trialRoles),
    sha,
    process: processIdSchema,
    seed: z.number(),
  }),
  'trial.ended': z.object({
    n,
    k: z.number().int().min(0),
    role: z.enum(trialRoles),
    outcome: z.enum(trialOutcomes),
    /** The measured number; null unless outcome is `ok`. */
    metric: z.number().nullable(),
    /** Every `METRIC name=value` and `name: value` found, the metric too. */
    metrics: z.record(z.string(), z.number()),
    why: z.string().nullable(),
    seconds: z.number(),
    exit: z.number().nullable(),
    signal: z.string().nullable(),
    peakRssMiB: z.number().nullable(),
    peakVramMiB: z.number().nullable(),
    /** At most 64 points, decimated. */
    curve: z.array(curvePointSchema),
    logBytes: z.number(),
    /** Processes that had to be killed after the command had ended. */
    swept: z.number(),
    conditions: conditionsSchema.optional(),
    /** What the GPUs drew during the trial, Wh; missing = not known (no GPU, no sensor). */
    energyWh: z.number().optional(),
    /** Why the machine, not the code, made the number; set with outcome `void`. */
    contaminated: z.string().optional(),
    /** Its curve was found hopeless at this share of the trial. An audit runs on, to see whether that was right. */
    early: z
      .object({ at: z.number(), why: z.string(), audit: z.boolean(), savedSeconds: z.number() })
      .optional(),
  }),
  /** How the model and the trials share the GPU from here on. */
  'lease.chosen': z.object({ sharing: z.enum(sharings), why: z.string() }),
  'experiment.decided': z.object({
    n,
    verdict: verdictSchema,
    metric: z.number().nullable(),
    /** Estimated gain over the champion on the decision scale (log: relative), positive = better, not shrunk. */
    gain: z.number().nullable(),
    /** Gain in sigmas. */
    z: z.number().nullable(),
    sigma: z.number().nullable(),
    why: z.string(),
    by: z.enum(actors),
    confidence: z.enum(confidences).nullable(),
    /** For discards: within noise, or really worse. */
    label: z.enum(['noise', 'worse', 'near-miss']).nullable(),
  }),
  'champion.moved': z.object({
    from: sha,
    to: sha,
    /** Experiment whose commit is the champion now; 0 = baseline. */
    n,
    by: z.enum(actors),
    cause: z.enum(['kept', 'reverted', 'undone', 'forced']),
    /** Experiments that stopped being kept, and ones that are kept again. */
    reverted: z.array(n),
    restored: z.array(n),
    why: z.string(),
  }),
  'mode.changed': z.object({ mode: z.enum(runModes), by: z.enum(actors) }),
  /** A checked proposal waits for the user's yes; its tree is in git, its commit is made when it is answered. */
  'approval.asked': z.object({
    n,
    tree: sha,
    parent: sha,
    files: z.array(z.string()),
    added: z.number(),
    removed: z.number(),
    fuzzy: z.boolean(),
  }),
  /** The user has changed the waiting proposal: this tree is what is asked for now. */
  'proposal.edited': z.object({
    n,
    tree: sha,
    files: z.array(z.string()),
    added: z.number(),
    removed: z.number(),
  }),
  'approval.answered': z.object({ n, tree: sha, answer: z.enum(['run', 'reject']), by: z.enum(actors) }),
  /** Its commit and files are wanted: cleaning up leaves them. */
  'experiment.pinned': z.object({ n }),
  'experiment.unpinned': z.object({ n }),
  /** One more trial of a decided experiment is wanted, to see whether its number holds. */
  'rerun.asked': z.object({ n }),
  'rerun.withdrawn': z.object({ n }),
  /** What a decided experiment's trials say after one more; the verdict stays. Compared with the commit it stood on. */
  'experiment.remeasured': z.object({
    n,
    /** Mean of its good trials; null when it never gave a number. */
    metric: z.number().nullable(),
    gain: z.number().nullable(),
    z: z.number().nullable(),
    sigma: z.number().nullable(),
    confidence: z.enum(confidences).nullable(),
    why: z.string(),
  }),
  'human.noted': z.object({ id: z.string(), text: z.string(), sticky: z.boolean() }),
  'human.withdrew': z.object({ id: z.string() }),
  'human.acted': z.object({ act: z.string(), detail: z.string() }),
} as const;

export type EventType = keyof typeof bodies;
export type EventBody<T extends EventType = EventType> = {
  [K in T]: { type: K } & z.infer<(typeof bodies)[K]>;
}[T];
/** A journal line: format version, sequence number without gaps, wall-clock time (ISO), and the event. */
export type JournalEvent<T extends EventType = EventType> = { v: 1; seq: number; at: string } & EventBody<T>;

export const eventTypes = Object.keys(bodies) as EventType[];

const envelope = z.object({
  v: z.literal(1),
  seq: z.number().int().min(1),
  at: z.string(),
  type: z.enum(eventTypes),
});

/**
 * Validates one parsed journal line.
 * @throws Error naming the field when it is not an event this version knows.
 */
export function parseEvent(value: unknown): JournalEvent {
  const head = envelope.safeParse(value);
  if (!head.success) throw new Error(`not a journal event: ${firstIssue(head.error)}`);
  const body = bodies[head.data.type].safeParse(value);
  if (!body.success)
    throw new Error(`bad ${head.data.type} (seq ${head.data.seq}): ${firstIssue(body.error)}`);
  return { ...head.data, ...body.data } as JournalEvent;
}

/** The first problem of a zod error as `path: message`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'unknown problem';
  const path = issue.path.map(String).join('.');
  return path ? `${path}: ${issue.message}` : issue.message;
}
