import { z } from 'zod';
import { proposerKinds } from './words.ts';

// What events are made of.

/** Hash of a commit or a tree. */
export const sha = z.string();
/** States are lists by number: one of two billion in a damaged journal would be a list of two billion places. */
export const n = z.number().int().min(0).max(999_999);

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

/** Who proposes in a run. */
export const proposerInfoSchema = z.object({
  kind: z.enum(proposerKinds),
  /** In plain words: why this proposer and not another. Shown in the header. */
  why: z.string(),
  model: z.string().nullable(),
});
export type ProposerInfo = z.infer<typeof proposerInfoSchema>;

/** Who made a proposal, as exactly as it is told apart in lists and by the choice between proposers. */
export const armSchema = z.object({
  proposer: z.enum(proposerKinds),
  model: z.string().optional(),
  persona: z.string().optional(),
});
export type Arm = z.infer<typeof armSchema>;

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
  proposer: z.enum(['auto', 'ollama', 'tuner', 'hybrid', 'panel']).optional(),
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

/** Which items of an evaluation passed: a bit an item (lowest first in each byte), as base64. */
export const itemResultsSchema = z.object({
  count: z.number(),
  passed: z.string(),
  /** Stands for the items' names; results of other names are not comparable. Missing = compared by place. */
  names: z.string().optional(),
});
export type ItemResults = z.infer<typeof itemResultsSchema>;
