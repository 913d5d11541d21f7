import type { Direction } from '../protocol/words.ts';
import type { Ledger } from './ledger.ts';
import type { Group } from './measured.ts';
import { pooledSpread, type Spread } from './noise.ts';
import { type Scale, toScore } from './score.ts';
import { type SeedEffects, seedEffects } from './seed-effects.ts';

// What all repeats of a run say together.

interface Pooled {
  key: string;
  repeated: readonly Group[];
  spread: Spread;
  /** Worked out when first asked for. */
  seeds?: SeedEffects | null;
}

// Asked for several times between two trials, and pools up to 256 groups. Most experiments run once and add nothing to
// it: remembered until it changes, with and without the experiment that is judged.
const latest: { all: Pooled | null; without: Pooled | null } = { all: null, without: null };
/** The latest question and its answer: an estimate asks it several times. */
let asked: { groups: readonly Group[]; key: string; without: number | null; pooled: Pooled } | null = null;

/** What repeats of one code state differ by, without the runs of experiment `without`. */
export function spreadOf(ledger: Ledger, scale: Scale, without: number | null): Spread {
  return pooledOf(ledger, scale, without).spread;
}

function pooledOf({ groups, rules }: Ledger, scale: Scale, without: number | null): Pooled {
  const { direction } = rules!.metric;
  const key = `${scale} ${direction}`;
  if (asked?.groups !== groups || asked.without !== without || asked.key !== key)
    asked = { groups, key, without, pooled: pool(groups, key, scale, direction, without) };
  return asked.pooled;
}

function pool(
  groups: readonly Group[],
  key: string,
  scale: Scale,
  direction: Direction,
  without: number | null,
): Pooled {
  const repeated: Group[] = [];
  let which: keyof typeof latest = 'all';
  for (const g of groups) {
    // Removing an experiment that was run once changes nothing.
    if (g.runs.length < 2) continue;
    if (g.n === without) which = 'without';
    else repeated.push(g);
  }
  const before = latest[which];
  if (before?.key === key && isSame(before.repeated, repeated)) return before;
  const spread = pooledSpread(repeated.map((g) => g.runs.map((r) => toScore(r.y, scale, direction) ?? 0)));
  const pooled: Pooled = { key, repeated, spread };
  latest[which] = pooled;
  return pooled;
}

/** What the seeds do to the metric, without the runs of experiment `n`; null where they do little, or nobody knows. */
export function seedsOf(ledger: Ledger, scale: Scale, n: number, sigma: number): SeedEffects | null {
  const pooled = pooledOf(ledger, scale, n);
  if (pooled.seeds === undefined) {
    const { direction } = ledger.rules!.metric;
    pooled.seeds = seedEffects(pooled.repeated, (y) => toScore(y, scale, direction) ?? 0, sigma);
  }
  return pooled.seeds;
}

/** The same groups: they are replaced, never changed. */
function isSame(a: readonly Group[], b: readonly Group[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
