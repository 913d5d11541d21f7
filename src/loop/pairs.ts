import type { ItemResults } from '../protocol/events.ts';
import type { Direction } from '../protocol/words.ts';
import type { Run } from './measured.ts';
import { mean } from './noise.ts';

// A pass rate over items: two of them are compared on the same items, one by one (McNemar), which is much surer than
// comparing the two rates. Search policy, section 6.

/** What became of the items that both sides were asked. */
export interface Pairs {
  items: number;
  /** Items that the candidate passed more often than the champion, and the other way round. */
  fixed: number;
  broken: number;
  /** Standard error of the difference of the two pass rates, in the metric's unit. */
  error: number;
}

/**
 * Pairs up the items of both sides' runs; where a side ran several times an item counts with the share of its passes.
 * d = (b - c) / N and se = sqrt(max(1, b + c)) / N for one run each, where b were fixed and c broken.
 * @returns null unless all runs have results for the same items, and these results make up the metric
 */
export function pairItems(mine: readonly Run[], theirs: readonly Run[], direction: Direction): Pairs | null {
  const first = mine[0]?.items;
  if (!first || theirs.length === 0) return null;
  const unit = unitOf(mine[0]!, direction);
  if (unit === null) return null;
  for (const run of [...mine, ...theirs]) {
    if (!run.items || run.items.count !== first.count || run.items.names !== first.names) return null;
    if (unitOf(run, direction) !== unit) return null;
  }
  const a = rates(mine, first.count);
  const b = rates(theirs, first.count);
  let [fixed, broken, squares] = [0, 0, 0];
  for (let i = 0; i < first.count; i++) {
    const d = a[i]! - b[i]!;
    if (d > 0) fixed += 1;
    if (d < 0) broken += 1;
    squares += d * d;
  }
  return { items: first.count, fixed, broken, error: (unit * Math.sqrt(Math.max(1, squares))) / first.count };
}

/** How many of the metric a whole pass rate is: 1, 100 (percent), or the number of items (a count); null: none of these. */
export function unitOf({ y, items }: Run, direction: Direction): 1 | 100 | number | null {
  if (!items) return null;
  const passed = bitsOf(items).reduce((sum, bit) => sum + bit, 0);
  const rate = (direction === 'maximize' ? passed : items.count - passed) / items.count;
  // Scripts print three or four digits of a rate.
  return (
    [1, 100, items.count].find((unit) => Math.abs(y - unit * rate) <= 0.006 * (unit === 1 ? 1 : 10)) ?? null
  );
}

function rates(runs: readonly Run[], count: number): number[] {
  const each = runs.map((run) => bitsOf(run.items!));
  return Array.from({ length: count }, (_, i) => mean(each.map((bits) => bits[i]!)));
}

function bitsOf({ count, passed }: ItemResults): number[] {
  const bytes = atob(passed);
  return Array.from({ length: count }, (_, i) => ((bytes.charCodeAt(i >> 3) || 0) >> (i & 7)) & 1);
}
