import { z } from 'zod';
import type { Settings } from '../protocol/settings.ts';
import { parseDuration } from './durations.ts';
import { risesWhenBetter } from './metric-names.ts';
import { serverAddress } from './server-address.ts';
import { parseSize } from './sizes.ts';

// What a user may write in pawl.yaml. Everything but `command`, `surface` and `metric` has a default.

const duration = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const ms = parseDuration(value);
  if (ms === null) {
    ctx.addIssue({
      code: 'custom',
      message: `'${value}' is not a duration; write for example 30s, 5m or 1h30m`,
    });
    return z.NEVER;
  }
  return ms;
});

const size = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const bytes = parseSize(value);
  if (bytes !== null) return bytes;
  ctx.addIssue({ code: 'custom', message: `'${value}' is not a size; write for example 500MB or 20GB` });
  return z.NEVER;
});

/** `5%` is relative, `0.01` is absolute. */
const amount = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const text = String(value).trim();
  const relative = text.endsWith('%');
  const number = Number(relative ? text.slice(0, -1) : text);
  if (!Number.isFinite(number) || number < 0 || text === '' || text === '%') {
    ctx.addIssue({ code: 'custom', message: `'${value}' is not an amount; write for example 1% or 0.002` });
    return z.NEVER;
  }
  return { by: relative ? number / 100 : number, relative };
});

const list = z
  .union([z.string().min(1), z.array(z.string().min(1))])
  .transform((v) => (Array.isArray(v) ? v : [v]));

const regex = z.string().superRefine((text, ctx) => {
  try {
    new RegExp(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `is not a regular expression: ${(error as Error).message}` });
  }
});

/** One model, or several that are asked by turns. */
const models = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).superRefine((names, ctx) => {
  if (!Array.isArray(names)) return;
  for (const [i, name] of names.entries()) {
    const first = names.findIndex((other) => fullName(other) === fullName(name));
    if (first < i)
      ctx.addIssue({ code: 'custom', path: [i], message: `'${name}' is listed twice; name each model once` });
    if (name === 'auto' && names.length > 1)
      ctx.addIssue({
        code: 'custom',
        path: [i],
        message: "'auto' stands alone: name the models that are to take turns",
      });
  }
});

/** `llama3` is `llama3:latest`. */
const fullName = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();

const direction = z.enum(['minimize', 'maximize']);

const metric = z.union([
  z
    .string()
    .min(1)
    .transform((name) => ({ name })),
  z.strictObject({
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
  }),
]);

const guard = z.strictObject({
  name: z.string().min(1),
  max: z.number().optional(),
  min: z.number().optional(),
  worse_by: amount.optional(),
  direction: direction.optional(),
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

export const configSchema = z.strictObject({
  goal: z.string().optional(),
  instructions: z.string().optional(),
  surface: list,
  link: list.optional(),
  command: z.string().min(1),
  check: z.string().optional(),
  budget: duration.optional(),
  timeout: duration.optional(),
  metric,
  guards: z.array(guard).optional(),
  progress: z.union([z.literal('auto'), regex]).optional(),
  strictness: z.enum(['fast', 'balanced', 'careful', 'strict', 'greedy']).optional(),
  min_gain: amount.optional(),
  ties: z.enum(['discard', 'keep-simpler']).optional(),
  proposer: z.enum(['auto', 'ollama', 'tuner', 'hybrid', 'panel']).optional(),
  panel: panel.optional(),
  model: z
    .union([
      models.transform((name) => ({ name })),
      z.strictObject({
        name: models.optional(),
        host: serverAddress.optional(),
        num_ctx: z.union([z.literal('auto'), z.number().int().min(2048)]).optional(),
        think: z.union([z.enum(['auto', 'low', 'medium', 'high', 'max']), z.boolean()]).optional(),
        sharing: z.enum(['auto', 'swap', 'coresident', 'cpu']).optional(),
        batch: z.union([z.literal('auto'), z.number().int().min(1).max(8)]).optional(),
        overlap: z.enum(['auto', 'on', 'off']).optional(),
        allow_remote: z.boolean().optional(),
      }),
    ])
    .optional(),
  stop: z
    .strictObject({
      experiments: z.number().int().min(1).optional(),
      after: duration.optional(),
      target: z.number().optional(),
      plateau: z.number().int().min(1).optional(),
    })
    .optional(),
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

const sectionKeys: Record<string, string[]> = {
  metric: [
    'name',
    'direction',
    'pattern',
    'json',
    'scale',
    'resolution',
    'tail',
    'noise',
    'items',
    'floor',
    'jumps',
  ],
  guards: ['name', 'max', 'min', 'worse_by', 'direction'],
  model: ['name', 'host', 'num_ctx', 'think', 'sharing', 'batch', 'overlap', 'allow_remote'],
  panel: ['personas', 'rounds', 'tokens', 'seconds', 'rewrite'],
  stop: ['experiments', 'after', 'target', 'plateau'],
};

/** Fills in every default. */
export function resolveSettings(config: Config): Settings {
  const budgetMs = config.budget ?? 300_000;
  const wanted = typeof config.metric === 'object' ? config.metric : { name: config.metric };
  const m: Partial<Settings['metric']> & { name: string } = dropUndefined(wanted);
  const metricDirection = m.direction ?? 'minimize';
  const model = dropUndefined(config.model ?? {}) as {
    name?: string | string[];
    host?: string;
    num_ctx?: number | 'auto';
    think?: Settings['model']['think'];
    sharing?: Settings['model']['sharing'];
    batch?: number | 'auto';
    overlap?: Settings['model']['overlap'];
    allow_remote?: boolean;
  };
  const [name = 'auto', ...others] = typeof model.name === 'string' ? [model.name] : (model.name ?? []);
  return {
    goal: config.goal ?? `${metricDirection === 'minimize' ? 'Lower' : 'Raise'} ${m.name}.`,
    instructions: config.instructions ?? null,
    surface: config.surface,
    link: config.link ?? [],
    command: config.command,
    check: config.check ?? null,
    budgetMs,
    timeoutMs: config.timeout ?? budgetMs * 2,
    metric: {
      name: m.name,
      direction: metricDirection,
      pattern: m.pattern ?? null,
      json: m.json ?? null,
      scale: m.scale ?? 'auto',
      resolution: m.resolution ?? null,
      tail: m.tail ?? null,
      noise: m.noise ?? null,
      items: m.items ?? null,
      floor: m.floor ?? null,
      jumps: m.jumps ?? 'ask',
    },
    guards: (config.guards ?? []).map((g) => ({
      name: g.name,
      max: g.max ?? null,
      min: g.min ?? null,
      worseBy: g.worse_by ?? null,
      direction: g.direction ?? (g.min === undefined && !risesWhenBetter(g.name) ? 'minimize' : 'maximize'),
    })),
    progress: config.progress ?? 'auto',
    strictness: config.strictness ?? 'balanced',
    minGain: config.min_gain ?? null,
    ties: config.ties ?? 'discard',
    proposer: config.proposer ?? 'auto',
    model: {
      name,
      ...(others.length > 0 ? { others } : {}),
      host: model.host ?? 'auto',
      numCtx: model.num_ctx ?? 'auto',
      think: model.think ?? 'auto',
      sharing: model.sharing ?? 'auto',
      batch: model.batch ?? 'auto',
      overlap: model.overlap ?? 'auto',
      allowRemote: model.allow_remote ?? false,
    },
    ...(config.panel || config.proposer === 'panel' ? { panel: panelOf(config.panel ?? {}) } : {}),
    stop: {
      experiments: config.stop?.experiments ?? null,
      afterMs: config.stop?.after ?? null,
      target: config.stop?.target ?? null,
      plateau: config.stop?.plateau ?? null,
    },
    plateau: config.plateau === 'off' ? null : (config.plateau ?? 25),
    contaminated: config.contaminated ?? 'rerun',
    ...(config.contaminated_after === undefined ? {} : { contaminatedAfterMs: config.contaminated_after }),
    earlyStop: config.early_stop ?? 'auto',
    verify: config.verify ?? 5,
    heldOut: config.held_out ?? null,
    ...(config.max_output === undefined ? {} : { maxOutputBytes: config.max_output }),
    staticCheck: config.static_check ?? 'auto',
    smokeMs: config.smoke === undefined || config.smoke === 'off' ? null : config.smoke,
    sandbox: config.sandbox ?? 'auto',
  };
}

/** One round of five voices is about twenty seconds of a small model. */
function panelOf(p: z.output<typeof panel>): Settings['panel'] {
  return {
    personas: p.personas ?? null,
    rounds: p.rounds ?? 1,
    tokens: p.tokens ?? 160,
    seconds: p.seconds ?? 120,
    rewrite: p.rewrite ?? true,
  };
}

function dropUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
