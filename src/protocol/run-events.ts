import { z } from 'zod';
import {
  n,
  overridesSchema,
  processIdSchema,
  proposerInfoSchema,
  sandboxInfoSchema,
  sha,
} from './event-parts.ts';
import { failureKinds } from './failure.ts';
import { turnSchema } from './plateau-words.ts';
import { settingChangeSchema } from './setting-changes.ts';
import { settingsSchema } from './settings.ts';
import { actors, sharings } from './words.ts';

const claimSchema = z.object({
  gain: z.number(),
  low: z.number(),
  high: z.number(),
  scale: z.enum(['log', 'abs']),
  start: z.number(),
  end: z.number(),
  pairs: z.number(),
});

/** A run's beginning, holds and end, its champion, and its claim. */
export const runEvents = {
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
    /** What pawl.yaml says now that it did not say when the run was started; missing = all is as it was. */
    changed: z.array(settingChangeSchema).optional(),
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
    /** What failed; missing = something else, or a journal from before. */
    kind: z.enum(failureKinds).optional(),
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
    /** Verifications of this champion so far, this one counted; the numbers below are of all of them. Absent: it alone. */
    round: z.number().int().positive().optional(),
    start: z.array(z.number()),
    end: z.array(z.number()),
    /** Relative (0.05 = 5 % better) on the log scale, else in the metric's unit; null when it could not be measured. */
    claim: claimSchema.nullable(),
    /** The held-out command's number for both; null without one. */
    heldOut: z.object({ start: z.number().nullable(), end: z.number().nullable() }).nullable(),
    why: z.string(),
  }),
  /** The champion was found worse than the start: the best that was kept earlier, measured the same way. */
  'run.offered': z.object({ n, claim: claimSchema.nullable(), why: z.string() }),
  'run.ended': z.object({
    outcome: z.enum(['finished', 'stopped', 'failed']),
    why: z.string(),
    exitCode: z.number(),
    /** Last lines of the log that explains a failure. */
    tail: z.array(z.string()).optional(),
  }),
  /** The machine's clock was set, or it slept: between the event before and this one the clock went on by so much too much. */
  'clock.jumped': z.object({ byMs: z.number() }),
  /** Something that the user should know of and that nobody has to act on at once. The same text comes once in a run. */
  'run.warned': z.object({ text: z.string() }),
  /** Nothing has been kept for long: from experiment `n` on the run searches in another way. */
  'search.turned': z.object({
    n,
    turn: turnSchema,
    /** How often all turns were taken on this champion, this round included. */
    round: z.number().int().min(1),
    /** Experiments on this champion, none of them kept. */
    since: z.number().int().min(0),
    /** Fork: the experiment whose code new ideas start from; 0 = the baseline. */
    of: n.optional(),
    why: z.string(),
  }),
  /** How the model and the trials share the GPU from here on. */
  'lease.chosen': z.object({ sharing: z.enum(sharings), why: z.string() }),
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
    /** What the next experiment has to beat, in the metric's unit. */
    bar: z.number().nullable().optional(),
  }),
} as const;
