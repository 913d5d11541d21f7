import type { Settings } from '../protocol/settings.ts';
import { mean } from './noise.ts';
import { fromScore, type Scale, toScore } from './score.ts';

// The run's claim. The log of a night over-claims: what was kept was partly lucky. So start and end are run again, by
// turns, on seeds that nothing was chosen by (search policy, section 6), and only that is called the gain.

/** What has been measured of a verification so far, in the metric's unit. */
export interface Verification {
  start: readonly number[];
  end: readonly number[];
  /** Runs that gave no number. */
  failures: number;
}

export interface Claim {
  /** Relative gain on a log scale (0.05 = 5 % better), else in the metric's unit; positive = better. */
  gain: number;
  /** Bounds of its 95 % interval. */
  low: number;
  high: number;
  scale: Scale;
  /** Means of the runs, in the metric's unit. */
  start: number;
  end: number;
  pairs: number;
}

/** So many runs without a number, and there is nothing to claim. */
export const verifyPatience = 3;
/** Seeds from here on are used by nothing else. */
const firstSeedIndex = 1_000_000;

/** What to run next; null when all pairs are there. `earlier`: pairs whose seeds are used up, of verifications before. Both runs of a pair share a seed; the order turns with every pair, so that a drifting machine favours neither. */
export function nextVerification(
  done: Pick<Verification, 'start' | 'end'>,
  pairs: number,
  earlier = 0,
): { side: 'start' | 'end'; pair: number; seedIndex: number } | null {
  const pair = Math.min(done.start.length, done.end.length);
  if (pair >= pairs) return null;
  const first = pair % 2 === 0 ? 'start' : 'end';
  const second = first === 'start' ? 'end' : 'start';
  const side = done[first].length > pair ? second : first;
  return { side, pair, seedIndex: firstSeedIndex + earlier + pair };
}

/**
 * All pairs of verifications of the same start and end together: who measures again until the number pleases must not
 * choose among claims. What an earlier one has without its partner is left out.
 */
export function pooled(
  earlier: Pick<Verification, 'start' | 'end'> | null,
  { start, end }: Pick<Verification, 'start' | 'end'>,
): Pick<Verification, 'start' | 'end'> {
  const pairs = earlier ? Math.min(earlier.start.length, earlier.end.length) : 0;
  return {
    start: [...(earlier?.start.slice(0, pairs) ?? []), ...start],
    end: [...(earlier?.end.slice(0, pairs) ?? []), ...end],
  };
}

/** `3rd verification, 12 pairs in all`: what a claim says of the ones that are in it. */
export function roundWords(round: number, pairs: number): string {
  const ten = round % 100 > 10 && round % 100 < 14 ? 0 : round % 10;
  return `${round}${['th', 'st', 'nd', 'rd'][ten] ?? 'th'} verification, ${pairs} pairs in all`;
}

/**
 * Gain of the end over the start with its 95 % interval: mean difference +- t(.975, 2n - 2) s sqrt(2 / n), s pooled over
 * both sides. @returns null with fewer than two runs a side
 */
export function claimOf(
  { start, end }: Pick<Verification, 'start' | 'end'>,
  metric: Pick<Settings['metric'], 'direction' | 'scale'>,
): Claim | null {
  const n = Math.min(start.length, end.length);
  if (n < 2) return null;
  const all = [...start, ...end];
  const scale: Scale = metric.scale === 'abs' || all.some((y) => y <= 0) ? 'abs' : 'log';
  const score = (y: number) => toScore(y, scale, metric.direction)!;
  const before = start.slice(0, n).map(score);
  const after = end.slice(0, n).map(score);
  const difference = mean(after) - mean(before);
  const variance = (squares(before) + squares(after)) / (2 * n - 2);
  const half = studentT975(2 * n - 2) * Math.sqrt((2 * variance) / n);
  const level = (x: number) => fromScore(x, scale, metric.direction);
  // A log difference as a share of the start: 0.95 y is 5 % better when minimising.
  const shown = (x: number) =>
    scale === 'abs' ? x : metric.direction === 'minimize' ? 1 - Math.exp(-x) : Math.exp(x) - 1;
  return {
    gain: shown(difference),
    low: shown(difference - half),
    high: shown(difference + half),
    scale,
    start: level(mean(before)),
    end: level(mean(after)),
    pairs: n,
  };
}

/** The claim as a sentence. */
export function claimSentence(claim: Claim): string {
  const amount = (x: number) =>
    claim.scale === 'log' ? `${Number((100 * x).toPrecision(3))} %` : String(Number(x.toPrecision(3)));
  const range = `95 % interval ${amount(claim.low)} to ${amount(claim.high)}, ${claim.pairs} fresh runs each`;
  if (claim.low > 0) return `verified gain ${amount(claim.gain)} (${range})`;
  if (claim.high < 0) return `verified: the end is worse than the start by ${amount(-claim.gain)} (${range})`;
  return `verified: start and end cannot be told apart (${amount(claim.gain)}, ${range})`;
}

function squares(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((sum, x) => sum + (x - m) ** 2, 0);
}

/** Two-sided 95 % points of Student's t for 1, 2, 3 ... degrees of freedom (any table of statistics). */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

function studentT975(df: number): number {
  // Beyond the table 1.96 (1 + 1.25 / df) is right to three digits.
  return t975[df - 1] ?? 1.96 * (1 + 1.25 / df);
}
