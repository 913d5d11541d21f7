import { z } from 'zod';
import { armSchema, constantChangeSchema, n, sha } from './event-parts.ts';
import { actors, confidences, proposerKinds, replyForms, verdictSchema } from './words.ts';

/** What a model was asked for; missing = nobody was asked for a form. */
const asked = {
  form: z.enum(replyForms).optional(),
  /** Why this form and not the one before; missing = it is the same. */
  formWhy: z.string().optional(),
};

/** An experiment from its start to its verdict. */
export const experimentEvents = {
  'experiment.started': z.object({
    n,
    parent: sha,
    /** Who is asked; in a mixture, the arm that was chosen. */
    proposer: z.enum(proposerKinds),
    by: armSchema.optional(),
    /** In a mixture, why this arm and not another, in plain words. */
    choice: z.string().optional(),
    /** On a fork: it starts from the code of this experiment; the commit's parent is the champion all the same. */
    fork: n.optional(),
    /** No new idea: the changes of these earlier experiments, made again on the champion. */
    again: z.array(n).optional(),
  }),
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
    /** Who made it; missing = the run's proposer. */
    by: armSchema.optional(),
    ...asked,
  }),
  /** One refused attempt at a proposal; the experiment goes on while attempts are left. */
  'experiment.rejected': z.object({
    n,
    attempt: z.number().int().min(1),
    code: z.string(),
    why: z.string(),
    /** As for a proposal, where the reply was none. */
    energyWh: z.number().optional(),
    seconds: z.number().optional(),
    tokens: z.number().nullable().optional(),
    by: armSchema.optional(),
    ...asked,
  }),
  /** What was proposed (or begun) for a later experiment, and will never be tried: only its cost counts. */
  'proposal.dropped': z.object({
    /** The experiment during which it was made. */
    n,
    by: armSchema,
    seconds: z.number(),
    tokens: z.number().nullable(),
    energyWh: z.number().optional(),
    why: z.string(),
  }),
  /** A look at whether a proposal runs at all, before its timed trial. */
  'smoke.ended': z.object({
    n,
    attempt: z.number().int().min(1),
    /** `lived`: it ended well, or still ran when its time was over. `stopped`: by the user's wish; it says nothing. */
    outcome: z.enum(['lived', 'crashed', 'stopped']),
    why: z.string().nullable(),
    seconds: z.number(),
    energyWh: z.number().optional(),
    /** It was the champion's, to see whether the script can do with so little time. */
    champion: z.boolean().optional(),
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
    /** Lines of code added less those taken away, without blank ones and comments. */
    codeLines: z.number().optional(),
  }),
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
    /** What it had to beat, in the metric's unit: the champion's number, less what of it was probably luck. */
    bar: z.number().nullable().optional(),
  }),
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
} as const;
