import type { Estimate } from './estimate.ts';
import type { Scale } from './score.ts';

// What the user reads of a decision. Numbers with as many digits as the comparison needs, no more.

/** `0.9773 vs 0.9790` */
export function comparison(q: Estimate): string {
  const digits = digitsFor(q.metric, q.bar);
  return `${q.metric.toFixed(digits)} vs ${q.bar.toFixed(digits)}`;
}

/** `+2.3 sigma`; in an exact world the difference itself, `+0.17 %`. */
export function size(q: Estimate, scale: Scale): string {
  return q.exact ? difference(q.gain, scale) : sigmas(q.z);
}

/** A gain on the decision scale for people: a percentage where it is relative. */
export function difference(gain: number, scale: Scale): string {
  const sign = gain >= 0 ? '+' : '-';
  const amount =
    scale === 'log' ? `${plainNumber(Math.expm1(Math.abs(gain)) * 100)} %` : plainNumber(Math.abs(gain));
  return `${sign}${amount}`;
}

export function sigmas(z: number): string {
  if (Math.abs(z) >= 20) return `${z > 0 ? 'over +' : 'under -'}20 sigma`;
  return `${z >= 0 ? '+' : '-'}${Math.abs(z).toFixed(1)} sigma`;
}

/** At most four significant digits, never an exponent for everyday sizes: `24000`, `0.0173`, `3.1e-7`. */
export function plainNumber(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return String(x);
  return String(Number(x.toPrecision(4)));
}

/** How often something ran, in words. */
export function times(count: number): string {
  return ['no run', 'one run', 'two runs', 'three runs', 'four runs', 'five runs'][count] ?? `${count} runs`;
}

// Two digits of the difference, at least four significant ones of the numbers, at most ten after the point.
function digitsFor(a: number, b: number): number {
  const level = Math.max(Math.abs(a), Math.abs(b));
  const apart = Math.abs(a - b);
  const forLevel = level > 0 ? 3 - Math.floor(Math.log10(level)) : 0;
  const forDifference = apart > 0 ? 1 - Math.floor(Math.log10(apart)) : 0;
  return Math.min(10, Math.max(0, forLevel, forDifference));
}
