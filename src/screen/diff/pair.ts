import { tokensOf } from './stress.ts';

const mostCompared = 40;
const leastAlike = 0.4;

/**
 * Which removed line became which added one: in order, the likest together, others alone. Indices; null = no partner.
 * Large blocks are paired as they stand.
 */
export function pairLines(before: string[], after: string[]): [number | null, number | null][] {
  if (
    before.length === 0 ||
    after.length === 0 ||
    before.length > mostCompared ||
    after.length > mostCompared
  )
    return asTheyStand(before.length, after.length);
  if (before.length === 1 && after.length === 1) return [[0, 0]];
  const a = before.map((line) => tokensOf(line).filter((t) => t.trim() !== ''));
  const b = after.map((line) => tokensOf(line).filter((t) => t.trim() !== ''));
  const columns = b.length + 1;
  const score = new Float64Array((a.length + 1) * columns);
  const alike = a.map((x) => b.map((y) => likeness(x, y)));
  const together = (i: number, j: number) => (alike[i]![j]! >= leastAlike ? alike[i]![j]! : -1);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      score[i * columns + j] = Math.max(
        score[(i + 1) * columns + j]!,
        score[i * columns + j + 1]!,
        score[(i + 1) * columns + j + 1]! + together(i, j),
      );
  const pairs: [number | null, number | null][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const here = score[i * columns + j]!;
    if (together(i, j) > 0 && here === score[(i + 1) * columns + j + 1]! + together(i, j))
      pairs.push([i++, j++]);
    else if (here === score[(i + 1) * columns + j]!) pairs.push([i++, null]);
    else pairs.push([null, j++]);
  }
  while (i < a.length) pairs.push([i++, null]);
  while (j < b.length) pairs.push([null, j++]);
  return pairs;
}

function asTheyStand(before: number, after: number): [number | null, number | null][] {
  return Array.from({ length: Math.max(before, after) }, (_, i) => [
    i < before ? i : null,
    i < after ? i : null,
  ]);
}

/** Share of tokens that both have, whatever their order: 0 to 1. */
function likeness(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const token of a) counts.set(token, (counts.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of b) {
    const left = counts.get(token) ?? 0;
    if (left === 0) continue;
    counts.set(token, left - 1);
    shared += 1;
  }
  return (2 * shared) / (a.length + b.length);
}
