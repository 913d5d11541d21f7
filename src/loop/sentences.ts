import { gainText, type Measure } from './amounts.ts';
import type { Estimate } from './estimate.ts';
import { hugeFrom, plainNumber, shortExponent, tinyBelow } from './plain-number.ts';

// What the user reads of a decision. Numbers with as many digits as the comparison needs, no more.

/** `0.9773 vs 0.9790`; numbers of very different size each with digits of their own: `1.238e55 vs 0.2645`. */
export function comparison({ metric, bar }: Pick<Estimate, 'metric' | 'bar'>): string {
  const [less, level] = [Math.abs(metric), Math.abs(bar)].sort((a, b) => a - b) as [number, number];
  if (less < level / 1000) return `${plainNumber(metric)} vs ${plainNumber(bar)}`;
  const digits = digitsFor(metric, bar);
  if (level >= hugeFrom || level < tinyBelow) {
    const significant = digits + Math.floor(Math.log10(level));
    const written = (x: number) => shortExponent(x.toExponential(Math.min(10, Math.max(2, significant))));
    return `${written(metric)} vs ${written(bar)}`;
  }
  const shown = Math.min(10, Math.max(0, digits));
  return `${metric.toFixed(shown)} vs ${bar.toFixed(shown)}`;
}

/** `+2.3 sigma`; in an exact world the gain itself, `+0.17 %`. */
export function size(q: Estimate, measure: Measure): string {
  if (!q.exact) return sigmas(q.z);
  return q.gain === 0 ? 'no difference' : gainText(q.gain, measure, 4);
}

/** Beyond it the number of sigmas says nothing more. */
const mostSigmas = 20;

/** `+2.3 sigma`; beyond what a verdict is told with, `over +20 sigma`. */
export function sigmas(z: number): string {
  if (Math.abs(z) >= mostSigmas) return `${z > 0 ? 'over +' : 'under -'}${mostSigmas} sigma`;
  return `${shortSigmas(z)} sigma`;
}

/** Sigmas for a narrow column, which agrees with the sentence: `+0.7`, `<-20`. */
export function shortSigmas(z: number): string {
  if (Math.abs(z) >= mostSigmas) return `${z > 0 ? '>' : '<-'}${mostSigmas}`;
  return `${z >= 0 ? '+' : '-'}${Math.abs(z).toFixed(1)}`;
}

/** How often something ran, in words. */
export function times(count: number): string {
  return ['no run', 'one run', 'two runs', 'three runs', 'four runs', 'five runs'][count] ?? `${count} runs`;
}

// Digits after the point: two of the difference, at least four significant ones of the numbers. Negative: before it.
function digitsFor(a: number, b: number): number {
  const level = Math.max(Math.abs(a), Math.abs(b));
  const apart = Math.abs(a - b);
  const forLevel = level > 0 ? 3 - Math.floor(Math.log10(level)) : 0;
  const forDifference = apart > 0 ? 1 - Math.floor(Math.log10(apart)) : 0;
  return apart > 0 ? Math.max(forLevel, forDifference) : forLevel;
}
