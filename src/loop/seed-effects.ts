import type { Group } from './measured.ts';
import { mean, median } from './noise.ts';

// Where a script uses PAWL_SEED, much of what one run differs from the next by is its seed: the same for every idea.
// Two-way analysis of variance without interaction, score = code state + seed + rest: compared on the same seeds, only
// the rest is noise. (Common random numbers; Law, Simulation Modeling and Analysis, chapter 11.)

/** What the seeds do, as far as the repeats show it. */
export interface SeedEffects {
  /** What a seed adds to every score, by seed; only of seeds that several code states ran with. */
  readonly effects: ReadonlyMap<number, number>;
  /** Standard deviation of what is left, of one run. */
  readonly rest: number;
  readonly df: number;
}

/** With fewer degrees of freedom, what looks like an effect of seeds may be luck. */
const leastDf = 6;
/** Seeds must explain at least three quarters of the variance: then comparing by seed is worth it, and no accident. */
const mostRest = 0.5;
/** The groups are unequally complete, so the fit goes to and fro; it settles long before this. */
const rounds = 12;

interface Cell {
  group: number;
  seed: number;
  score: number;
}

/**
 * The effects of seeds, from code states that were run with several of the same ones.
 * @param sigma of one run with any seed, on the same scale
 * @returns null where seeds explain little, or where there is too little to tell
 */
export function seedEffects(
  groups: readonly Group[],
  score: (y: number) => number,
  sigma: number,
): SeedEffects | null {
  const cells = sharedCells(groups, score);
  const seeds = new Set(cells.map((cell) => cell.seed));
  const states = new Set(cells.map((cell) => cell.group));
  const df = cells.length - states.size - seeds.size + 1;
  if (df < leastDf) return null;
  let clipped = cells;
  for (let again = 0; ; again++) {
    const { ofState, ofSeed } = fitted(clipped);
    const levels = (cell: Cell) => ofState.get(cell.group)! + ofSeed.get(cell.seed)!;
    const left = clipped.map((cell) => cell.score - levels(cell));
    // As for the noise itself: a wild run is drawn in before it blunts every later decision.
    const cap = 4 * 1.4826 * median(left.map(Math.abs));
    if (again < 3 && left.some((r) => Math.abs(r) > cap)) {
      clipped = clipped.map((cell, i) => ({
        ...cell,
        score: levels(cell) + Math.min(cap, Math.max(-cap, left[i]!)),
      }));
      continue;
    }
    const rest = Math.sqrt(left.reduce((sum, r) => sum + r ** 2, 0) / df) * (1 + 1 / (2 * df));
    return rest <= mostRest * sigma ? { effects: ofSeed, rest, df } : null;
  }
}

function fitted(cells: readonly Cell[]): { ofState: Map<number, number>; ofSeed: Map<number, number> } {
  const [ofState, ofSeed] = [new Map<number, number>(), new Map<number, number>()];
  for (let round = 0; round < rounds; round++) {
    settle(cells, 'group', ofState, (cell) => cell.score - (ofSeed.get(cell.seed) ?? 0));
    settle(cells, 'seed', ofSeed, (cell) => cell.score - ofState.get(cell.group)!);
  }
  // Around zero, so that a seed that nobody shares is as likely above as below.
  const middle = mean([...ofSeed.values()]);
  for (const [seed, effect] of ofSeed) ofSeed.set(seed, effect - middle);
  for (const [state, level] of ofState) ofState.set(state, level + middle);
  return { ofState, ofSeed };
}

/** Runs of states and seeds that have at least two each: the others say nothing of both at once. */
function sharedCells(groups: readonly Group[], score: (y: number) => number): Cell[] {
  let cells: Cell[] = groups.flatMap((g, group) =>
    g.runs.flatMap(({ y, seed }) => (seed === undefined ? [] : [{ group, seed, score: score(y) }])),
  );
  for (;;) {
    const kept = cells.filter(several(cells, 'seed')).filter(several(cells, 'group'));
    if (kept.length === cells.length) return cells;
    cells = kept;
  }
}

function several(cells: readonly Cell[], by: 'seed' | 'group'): (cell: Cell) => boolean {
  const others = new Map<number, Set<number>>();
  for (const cell of cells) {
    const other = by === 'seed' ? cell.group : cell.seed;
    const known = others.get(cell[by]);
    if (known) known.add(other);
    else others.set(cell[by], new Set([other]));
  }
  return (cell) => others.get(cell[by])!.size > 1;
}

function settle(
  cells: readonly Cell[],
  by: 'seed' | 'group',
  into: Map<number, number>,
  rest: (cell: Cell) => number,
): void {
  const lists = new Map<number, number[]>();
  for (const cell of cells) {
    const known = lists.get(cell[by]);
    if (known) known.push(rest(cell));
    else lists.set(cell[by], [rest(cell)]);
  }
  for (const [key, list] of lists) into.set(key, mean(list));
}

/**
 * A score without its seed's part, and the variance that is left in it. A seed that nobody else ran with keeps all of
 * its variance.
 */
export function withoutSeed(
  { effects, rest }: SeedEffects,
  score: number,
  seed: number | undefined,
  sigma: number,
): { score: number; variance: number } {
  const effect = seed === undefined ? undefined : effects.get(seed);
  return effect === undefined
    ? { score, variance: sigma ** 2 }
    : { score: score - effect, variance: rest ** 2 };
}
