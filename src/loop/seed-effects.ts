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
/** Of so many of the latest code states: plenty for a handful of seeds, and it is worked out after every repeat. */
const latestStates = 48;

/** One score, with its state and seed as places in dense lists. */
interface Cell {
  state: number;
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
  const { cells, states, seeds } = sharedCells(groups.slice(-latestStates), score);
  const df = cells.length - states - seeds.length + 1;
  if (df < leastDf) return null;
  for (let again = 0; ; again++) {
    const { ofState, ofSeed } = fitted(cells, states, seeds.length);
    const level = ({ state, seed }: Cell) => ofState[state]! + ofSeed[seed]!;
    const left = cells.map((cell) => Math.abs(cell.score - level(cell)));
    // As for the noise itself: a wild run is drawn in before it blunts every later decision.
    const cap = 4 * 1.4826 * median(left);
    if (again < 3 && left.some((r) => r > cap)) {
      for (const cell of cells)
        cell.score = level(cell) + Math.min(cap, Math.max(-cap, cell.score - level(cell)));
      continue;
    }
    const rest = Math.sqrt(left.reduce((sum, r) => sum + r ** 2, 0) / df) * (1 + 1 / (2 * df));
    if (rest > mostRest * sigma) return null;
    return { effects: new Map(seeds.map((seed, i) => [seed, ofSeed[i]!])), rest, df };
  }
}

/** Means of the rows and columns in turn, until both fit. */
function fitted(cells: readonly Cell[], states: number, seeds: number) {
  const ofState = new Float64Array(states);
  const ofSeed = new Float64Array(seeds);
  for (let round = 0; round < rounds; round++) {
    settle(
      ofState,
      cells,
      (cell) => cell.state,
      (cell) => cell.score - ofSeed[cell.seed]!,
    );
    settle(
      ofSeed,
      cells,
      (cell) => cell.seed,
      (cell) => cell.score - ofState[cell.state]!,
    );
  }
  // Around zero, so that a seed that nobody shares is as likely above as below.
  const middle = mean([...ofSeed]);
  for (let i = 0; i < seeds; i++) ofSeed[i]! -= middle;
  for (let i = 0; i < states; i++) ofState[i]! += middle;
  return { ofState, ofSeed };
}

function settle(
  into: Float64Array,
  cells: readonly Cell[],
  at: (cell: Cell) => number,
  rest: (cell: Cell) => number,
): void {
  const counts = new Float64Array(into.length);
  into.fill(0);
  // Written while `rest` reads only the other list.
  for (const cell of cells) {
    into[at(cell)]! += rest(cell);
    counts[at(cell)]! += 1;
  }
  for (let i = 0; i < into.length; i++) into[i]! /= counts[i]!;
}

/** Runs of states and seeds that have at least two each: the others say nothing of both at once. */
function sharedCells(
  groups: readonly Group[],
  score: (y: number) => number,
): { cells: Cell[]; states: number; seeds: number[] } {
  let kept: { state: number; seed: number; y: number }[] = groups.flatMap((g, state) => {
    // A seed that a state ran with again says nothing new: the last one counts.
    const bySeed = new Map(g.runs.flatMap(({ y, seed }) => (seed === undefined ? [] : [[seed, y] as const])));
    return [...bySeed].map(([seed, y]) => ({ state, seed, y }));
  });
  for (;;) {
    const [perState, perSeed] = [countsOf(kept.map((c) => c.state)), countsOf(kept.map((c) => c.seed))];
    const next = kept.filter((c) => perState.get(c.state)! > 1 && perSeed.get(c.seed)! > 1);
    if (next.length === kept.length) {
      const [states, seeds] = [[...perState.keys()], [...perSeed.keys()]];
      const [stateAt, seedAt] = [placesOf(states), placesOf(seeds)];
      const cells = kept.map(({ state, seed, y }) => ({
        state: stateAt.get(state)!,
        seed: seedAt.get(seed)!,
        score: score(y),
      }));
      return { cells, states: states.length, seeds };
    }
    kept = next;
  }
}

function countsOf(keys: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const placesOf = (keys: readonly number[]) => new Map(keys.map((key, i) => [key, i]));

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
