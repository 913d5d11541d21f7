import { z } from 'zod';
import { amount, duration, list, models, regex, size } from './kinds.ts';
import { serverAddress } from './server-address.ts';

// What a user may write in pawl.yaml. Everything but `command`, `surface` and `metric` has a default.

const direction = z.enum(['minimize', 'maximize']);

const metric = z.strictObject({
  name: z.string().min(1),
  direction: direction.optional(),
  pattern: regex.optional(),
  json: z.string().optional(),
  scale: z.enum(['auto', 'log', 'abs']).optional(),
  resolution: z.number().positive().optional(),
  tail: z.number().int().min(1).max(1000).optional(),
  noise: z.number().positive().optional(),
  items: z.number().int().positive().optional(),
  floor: z.number().optional(),
  jumps: z.enum(['ask', 'trust']).optional(),
});

const guard = z.strictObject({
  name: z.string().min(1),
  max: z.number().optional(),
  min: z.number().optional(),
  worse_by: amount.optional(),
  direction: direction.optional(),
});

const model = z.strictObject({
  name: models.optional(),
  host: serverAddress.optional(),
  num_ctx: z.union([z.literal('auto'), z.number().int().min(2048)]).optional(),
  think: z.union([z.enum(['auto', 'low', 'medium', 'high', 'max']), z.boolean()]).optional(),
  sharing: z.enum(['auto', 'swap', 'coresident', 'cpu']).optional(),
  batch: z.union([z.literal('auto'), z.number().int().min(1).max(8)]).optional(),
  overlap: z.enum(['auto', 'on', 'off']).optional(),
  allow_remote: z.boolean().optional(),
});

const stop = z.strictObject({
  experiments: z.number().int().min(1).optional(),
  after: duration.optional(),
  target: z.number().optional(),
  plateau: z.number().int().min(1).optional(),
});

const panel = z.strictObject({
  personas: z.string().min(1).optional(),
  rounds: z.number().int().min(1).max(2).optional(),
  tokens: z.number().int().min(40).max(1000).optional(),
  seconds: z.number().min(10).max(1800).optional(),
  rewrite: z.boolean().optional(),
});

/** What to say of `verify: 1`. */
export const oneVerifiesNothing =
  '1 pair of runs shows no spread, so it can verify nothing. Write 2 or more (5 is usual), or 0 for none.';

/** What a pawl.yaml may hold. */
export const configSchema = z.strictObject({
  goal: z.string().optional(),
  instructions: z.string().optional(),
  surface: list,
  link: list.optional(),
  command: z.string().min(1),
  evaluate: z.string().min(1).optional(),
  check: z.string().optional(),
  budget: duration.optional(),
  timeout: duration.optional(),
  metric: z.union([
    z
      .string()
      .min(1)
      .transform((name) => ({ name })),
    metric,
  ]),
  guards: z.array(guard).optional(),
  progress: z.union([z.literal('auto'), regex]).optional(),
  strictness: z.enum(['fast', 'balanced', 'careful', 'strict', 'greedy']).optional(),
  min_gain: amount.optional(),
  ties: z.enum(['discard', 'keep-simpler']).optional(),
  proposer: z.enum(['auto', 'ollama', 'tuner', 'hybrid', 'panel']).optional(),
  panel: panel.optional(),
  model: z.union([models.transform((name) => ({ name })), model]).optional(),
  stop: stop.optional(),
  plateau: z.union([z.number().int().min(3), z.literal('off')]).optional(),
  contaminated: z.enum(['rerun', 'count']).optional(),
  contaminated_after: duration.optional(),
  early_stop: z.enum(['auto', 'off']).optional(),
  verify: z
    .number()
    .int()
    .min(0)
    .max(50)
    .refine((pairs) => pairs !== 1, oneVerifiesNothing)
    .optional(),
  held_out: z.string().min(1).optional(),
  max_output: size.optional(),
  static_check: z.enum(['auto', 'off']).optional(),
  smoke: z.union([z.literal('off'), duration]).optional(),
  sandbox: z.enum(['auto', 'bubblewrap', 'off']).optional(),
});
/** A pawl.yaml that is valid: what was not written is not there. */
export type Config = z.output<typeof configSchema>;

/** Names that a user may write at a path, for suggestions. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  const [head, ...rest] = path.map(String);
  if (head === undefined) return Object.keys(configSchema.shape);
  if (rest.length > 1) return [];
  return sectionKeys[head] ?? [];
}

/** Sections of pawl.yaml that have a key of this name. */
export function sectionsWith(key: string): string[] {
  return Object.keys(sectionKeys).filter((section) => sectionKeys[section]!.includes(key));
}

const sections = { metric, guards: guard, model, panel, stop };
const sectionKeys: Record<string, string[]> = Object.fromEntries(
  Object.entries(sections).map(([name, { shape }]) => [name, Object.keys(shape)]),
);
