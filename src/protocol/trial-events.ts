import { z } from 'zod';
import {
  conditionsSchema,
  curvePointSchema,
  itemResultsSchema,
  n,
  processIdSchema,
  sha,
} from './event-parts.ts';
import { trialOutcomes, trialRoles } from './words.ts';

/** One timed execution of the command. */
export const trialEvents = {
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
    /** What its values are, as the script calls it: `loss`, `train loss`; missing = not known. */
    curveOf: z.string().optional(),
    logBytes: z.number(),
    /** Processes that had to be killed after the command had ended. */
    swept: z.number(),
    conditions: conditionsSchema.optional(),
    /** What the GPUs drew during the trial, Wh; missing = not known (no GPU, no sensor). */
    energyWh: z.number().optional(),
    /** Of an evaluation that says what became of each of its items. */
    items: itemResultsSchema.optional(),
    /** Why the machine, not the code, made the number; set with outcome `void`. */
    contaminated: z.string().optional(),
    /** Of a champion that ran again: what the next idea has to beat from now on; missing = an older journal. */
    bar: z.number().nullable().optional(),
    /** Its curve was found hopeless at this share of the trial. An audit runs on, to see whether that was right. */
    early: z
      .object({ at: z.number(), why: z.string(), audit: z.boolean(), savedSeconds: z.number() })
      .optional(),
  }),
} as const;
