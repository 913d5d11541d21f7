import type { HistoryRow } from './proposer.ts';
import { groupOf } from './tuner/names.ts';

// Kinds of change. Small models stay with the first one that they thought of; to see which are untried opens the others.

/** The words of a stated family, and the kind that they mean; the first that fits. */
const kinds: readonly [RegExp, string][] = [
  [/schedul|warm.?up|warm.?down|cool.?down|anneal|decay.*(?:lr|rate)|(?:lr|rate).*decay/, 'schedule'],
  [/learning.?rate|\blr\b|step.?size/, 'learning rate'],
  [/batch|accumul/, 'batch size'],
  [/regular|dropout|weight.?decay|smoothing|\bl2\b/, 'regularisation'],
  [/optimi[sz]er|momentum|adam|\bsgd\b|muon|\bbetas?\b|gradient/, 'optimiser'],
  [/init|clip|softcap|temperature/, 'initialisation and limits'],
  [/\bsizes?\b|width|depth|hidden|capacity|embed/, 'size'],
  [/archit|layer|attention|activation|norm|residual|structure/, 'architecture'],
  [/\bdata\b|augment|sampling|token|shuffl|curriculum/, 'data and its order'],
  [
    /precision|speed|throughput|compil|vectori|bf16|fp16|efficien/,
    'speed, so that more is learned in the time',
  ],
  [/simpl|remov|clean|prun/, 'simpler code'],
  [/algorithm/, 'algorithm'],
  [/data.?structure/, 'data structures'],
  [/cach|memo/, 'caching'],
  [/parallel|thread|concurren/, 'parallel work'],
  [/memory|allocat/, 'memory use'],
];

const learning = [
  'learning rate',
  'schedule',
  'batch size',
  'size',
  'regularisation',
  'optimiser',
  'initialisation and limits',
  'architecture',
  'data and its order',
  'speed, so that more is learned in the time',
  'simpler code',
];
const programs = ['algorithm', 'data structures', 'caching', 'parallel work', 'memory use', 'simpler code'];

/** The kind of change that an experiment was: as its proposer said, else by the constants it moved; null = unknown. */
export function kindOf({ family, constants }: Pick<HistoryRow, 'family' | 'constants'>): string | null {
  const said = family === null ? null : kindSaid(family);
  if (said !== null) return said;
  const first = constants[0];
  return first ? groupOf(first.name).family : null;
}

/** What stated families mean: thousands of experiments have a few dozen of them, and every prompt asks about all. */
const said = new Map<string, string | null>();
const mostSaid = 512;

function kindSaid(family: string): string | null {
  const known = said.get(family);
  if (known !== undefined) return known;
  const text = family.toLowerCase().replace(/\s+/g, ' ').trim();
  const kind = text === '' ? null : (kinds.find(([words]) => words.test(text))?.[1] ?? text.slice(0, 40));
  if (said.size >= mostSaid) said.clear();
  said.set(family, kind);
  return kind;
}

/** Kinds of change that this project could try: those of training, or of programs where nothing is trained. */
function menuOf(surface: ReadonlyMap<string, string>, metric: string): readonly string[] {
  const trains =
    /loss|bpb|perplexity|accuracy|acc\b/i.test(metric) ||
    [...surface.values()].some((text) => /learning|\blr\b|epoch|optimi[sz]er|\bloss\b/i.test(text));
  return trains ? learning : programs;
}

/** What was tried of which kind, and what was not tried yet. */
export interface KindsTried {
  tried: { kind: string; count: number; kept: number }[];
  untried: string[];
}

/** @param history what was refused before it ran is no try */
export function kindsTried(
  history: readonly HistoryRow[],
  surface: ReadonlyMap<string, string>,
  metric: string,
): KindsTried {
  const counts = new Map<string, { count: number; kept: number }>();
  for (const row of history) {
    if (row.n === 0 || row.verdict === 'rejected' || row.verdict === 'skipped') continue;
    const kind = kindOf(row);
    if (kind === null) continue;
    const of = counts.get(kind) ?? { count: 0, kept: 0 };
    if (of.count === 0) counts.set(kind, of);
    of.count += 1;
    if (row.verdict === 'kept') of.kept += 1;
  }
  return {
    tried: [...counts].map(([kind, c]) => ({ kind, ...c })).sort((a, b) => b.count - a.count),
    untried: menuOf(surface, metric).filter((kind) => !counts.has(kind)),
  };
}

/** The kinds as one or two lines of a prompt; none while nothing was tried. */
export function kindLines({ tried, untried }: KindsTried): string[] {
  if (tried.length === 0) return [];
  const said = tried
    .slice(0, 14)
    .map(({ kind, count, kept }) => `${kind} ${count} (${kept === 0 ? 'none' : kept} kept)`);
  return [
    `Kinds of change tried: ${said.join(', ')}`,
    ...(untried.length > 0 ? [`Not tried yet: ${untried.join('; ')}`] : []),
  ];
}
