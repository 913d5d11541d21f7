import { z } from 'zod';
import { proposerKinds } from './words.ts';

/** A run's settings with every default filled in: what `pawl.yaml` becomes, and what `run.started` records. */
export const settingsSchema = z.object({
  goal: z.string(),
  instructions: z.string().nullable(),
  /** Globs, relative to the project; git's pathspec glob rules. */
  surface: z.array(z.string()),
  link: z.array(z.string()),
  command: z.string(),
  check: z.string().nullable(),
  /** The time box told to the script, ms. */
  budgetMs: z.number(),
  /** The hard limit of a trial, ms. */
  timeoutMs: z.number(),
  metric: z.object({
    name: z.string(),
    direction: z.enum(['minimize', 'maximize']),
    /** A regular expression with one capture group, used instead of `METRIC name=value` / `name: value`. */
    pattern: z.string().nullable(),
    /** A JSON file (relative to the worktree) and a dotted path: `out/result.json#eval.loss`. */
    json: z.string().nullable(),
    /** Force `log` (relative) or `abs` comparison; `auto` takes log when all values are positive. */
    scale: z.enum(['auto', 'log', 'abs']),
    /** Smallest difference the metric can show; null = found from the data. */
    resolution: z.number().nullable(),
    /** The metric is the mean of the last so many values that were printed; missing = the last one. */
    tail: z.number().nullable().optional(),
    /** The least noise to believe in, in the metric's unit, whatever repeats say. */
    noise: z.number().nullable().optional(),
    /** Items behind a pass rate, which bound how exact it can be; missing = as printed, or no pass rate. */
    items: z.number().nullable().optional(),
    /** A value that cannot be beaten honestly: a better one holds the run and asks. */
    floor: z.number().nullable().optional(),
    /** What to do about a gain out of all proportion: ask the user, or trust it. */
    jumps: z.enum(['ask', 'trust']).optional(),
  }),
  guards: z.array(
    z.object({
      name: z.string(),
      max: z.number().nullable(),
      min: z.number().nullable(),
      /** Allowed worsening against the champion: `{by: 0.01, relative: true}` is 1 %. */
      worseBy: z.object({ by: z.number(), relative: z.boolean() }).nullable(),
      direction: z.enum(['minimize', 'maximize']),
    }),
  ),
  /** `auto` or a regular expression with named groups `step`, `value` and optionally `percent`. */
  progress: z.string(),
  /** `greedy` keeps any better number, as many loops do: there to be compared with. */
  strictness: z.enum(['fast', 'balanced', 'careful', 'strict', 'greedy']),
  /** Least improvement worth keeping; overrides strictness. Fraction when relative. */
  minGain: z.object({ by: z.number(), relative: z.boolean() }).nullable(),
  /** What becomes of a change that is no better and no worse, but shorter. */
  ties: z.enum(['discard', 'keep-simpler']).optional(),
  proposer: z.enum(['auto', ...proposerKinds]),
  model: z.object({
    name: z.string(),
    /** Further models that are asked by turns with the first. */
    others: z.array(z.string()).optional(),
    host: z.string(),
    numCtx: z.union([z.number(), z.literal('auto')]),
    think: z.union([z.boolean(), z.enum(['auto', 'low', 'medium', 'high', 'max'])]),
    sharing: z.enum(['auto', 'swap', 'coresident', 'cpu']),
    /** Proposals to ask for while the model is loaded, where it has to make room for every trial. */
    batch: z.union([z.number().int(), z.literal('auto')]).optional(),
    /** Whether the model writes the next proposal while a trial runs; auto = where it is known to share no device. */
    overlap: z.enum(['auto', 'on', 'off']).optional(),
    /** Non-loopback hosts are refused unless this is true. */
    allowRemote: z.boolean(),
  }),
  /** Personas that talk before each proposal; missing or null = none. */
  panel: z
    .object({
      /** Folder of the project with one text file for each; null = the ones that pawl has. */
      personas: z.string().nullable(),
      rounds: z.number().int(),
      /** Of one answer. */
      tokens: z.number().int(),
      /** Of one talk. */
      seconds: z.number(),
      /** The weakest persona's text may be written anew by the model. */
      rewrite: z.boolean(),
    })
    .nullable()
    .optional(),
  stop: z.object({
    experiments: z.number().nullable(),
    afterMs: z.number().nullable(),
    target: z.number().nullable(),
    plateau: z.number().nullable(),
  }),
  /** So many experiments without a keep, and the run searches in other ways; null (or missing) = never. */
  plateau: z.number().int().min(1).nullable().optional(),
  /** A trial that other programs or heat slowed down: run it again, or count it as it is. */
  contaminated: z.enum(['rerun', 'count']).optional(),
  /** A trial that ran for less is never called slowed down by other programs, ms; missing = 5 s. */
  contaminatedAfterMs: z.number().optional(),
  /** Ends trials whose live curve is too far behind the champion's. */
  earlyStop: z.enum(['auto', 'off']).default('auto'),
  /** Pairs of runs at the end that measure start and champion again; 0 = none. */
  verify: z.number().int().default(0),
  /** A command that runs when nothing of `command` is left, and alone says the metric; null (or missing) = `command` says it. */
  evaluate: z.string().nullable().optional(),
  /** A command that prints the metric on data that the loop never sees; runs only when the run is verified. */
  heldOut: z.string().nullable().default(null),
  /** A trial that writes more to the disk is ended, bytes; missing = 20 GiB, or a quarter of what is free. */
  maxOutputBytes: z.number().optional(),
  /** Looks at a change for what would crash at once, without running it. */
  staticCheck: z.enum(['auto', 'off']).optional(),
  /** Seconds that a change runs before its timed trial, to see whether it crashes, ms; null = none. */
  smokeMs: z.number().nullable().optional(),
  sandbox: z.enum(['auto', 'bubblewrap', 'off']),
});
export type Settings = z.infer<typeof settingsSchema>;
