import type { Direction } from '../protocol/words.ts';

/** `log`: differences are relative. `abs`: for metrics that are or may become zero or negative. */
export type Scale = 'log' | 'abs';

/**
 * A measured number on the decision scale, where higher is always better.
 * @returns null when it cannot be judged: not finite, or not positive on the log scale
 */
export function toScore(y: number, scale: Scale, direction: Direction): number | null {
  if (!Number.isFinite(y)) return null;
  const sign = direction === 'maximize' ? 1 : -1;
  if (scale === 'abs') return sign * y;
  return y > 0 ? sign * Math.log(y) : null;
}

/** The measured number that has this score. */
export function fromScore(score: number, scale: Scale, direction: Direction): number {
  const signed = direction === 'maximize' ? score : -score;
  return scale === 'log' ? Math.exp(signed) : signed;
}

/** `auto` compares relatively as long as every value so far was positive; one that is not switches for good. */
export function chooseScale(setting: 'auto' | Scale, allPositive: boolean): Scale {
  if (setting !== 'auto') return setting;
  return allPositive ? 'log' : 'abs';
}

/** A step of `by` in the metric's own unit, as a difference of scores near the level `y`. */
export function stepInScore(by: number, y: number, scale: Scale): number {
  return scale === 'abs' || y === 0 ? by : by / Math.abs(y);
}

/**
 * The score difference that an improvement by `by` (a fraction of `y` when relative, else in the metric's unit)
 * amounts to. "5 % better" means 0.95 y when minimising and 1.05 y when maximising.
 */
export function improvementInScore(
  by: number,
  relative: boolean,
  y: number,
  scale: Scale,
  direction: Direction,
): number {
  const size = relative ? by * Math.abs(y) : by;
  if (scale === 'abs') return size;
  const better = direction === 'minimize' ? y - size : y + size;
  const sign = direction === 'minimize' ? -1 : 1;
  // A loss cannot fall by 100 % or more on a relative scale: nothing is good enough then.
  return better > 0 ? sign * Math.log(better / y) : Number.POSITIVE_INFINITY;
}

/** Digits after the point in the shortest writing of a number: `0.9979` has 4, `1e-7` has 7. */
export function decimalsOf(y: number): number {
  const [mantissa = '', exponent = '0'] = String(Math.abs(y)).split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, digits - Number(exponent));
}
