import type { Settings } from '../protocol/settings.ts';
import { risesWhenBetter } from './metric-names.ts';
import type { Config } from './schema.ts';

/** The settings that a pawl.yaml means, with every default filled in. */
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
    ...(config.evaluate === undefined ? {} : { evaluate: config.evaluate }),
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
function panelOf(p: NonNullable<Config['panel']>): Settings['panel'] {
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
