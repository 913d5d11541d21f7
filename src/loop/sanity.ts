import type { Ledger } from './ledger.ts';
import { runsOf } from './measured.ts';
import { mean } from './noise.ts';
import { plainNumber } from './plain-number.ts';
import { toScore } from './score.ts';
import type { DecideStep } from './step.ts';
import { resolutionOf, scaleOf } from './view.ts';

// A result too good to be true is more often a broken measurement than a discovery: an evaluation that skipped its
// data, a constant that was printed. Nothing is thrown away over it; the user is asked.

/** A jump is this many sigmas, */
const jumpSigmas = 20;
/** halves or doubles the number, */
const jumpFactor = 2;
/** and is so many times all that was gained before. */
const jumpOverEarlier = 3;

/** Noise of so many of the metric's smallest steps: two runs that agree are one in a thousand. */
const stepsOfNoise = 300;

/**
 * Why the user should look at a result before it is kept; null when nothing speaks against it.
 * @param step the verdict `kept` that is about to be written for experiment `n`
 */
export function suspicionOf(ledger: Ledger, n: number, step: DecideStep): string | null {
  const { metric, rules } = { metric: step.metric, rules: ledger.rules };
  if (step.verdict !== 'kept' || n === 0 || metric === null || !rules) return null;
  const { name, direction, floor = null, jumps = 'ask' } = rules.metric;
  const value = `${name} ${plainNumber(metric)}`;
  if (floor !== null && (direction === 'minimize' ? metric < floor : metric > floor))
    return `${value} is better than ${plainNumber(floor)}, which pawl.yaml says cannot be beaten (metric.floor)`;
  if (jumps === 'trust') return null;
  const bar = mean(ledger.champion.bar);
  // Counts (of errors, of failed tests) do reach zero; a loss with digits does not.
  if (metric === 0 && ledger.decimals > 0 && bar !== 0)
    return `${value}: exactly zero, where ${plainNumber(bar)} is the best so far`;
  if (isConstant(ledger, n, step, metric))
    return `${value} came out the same to the last digit every time, which no other code did`;
  return jumpOf(ledger, step, metric, bar, value);
}

/** All runs of it agree exactly, in a world where two runs agree by chance once in a thousand at most. */
function isConstant(ledger: Ledger, n: number, { sigma }: DecideStep, metric: number): boolean {
  const values = runsOf(ledger.groups, n).map((run) => run.y);
  if (values.length < 2 || sigma === null || values.some((y) => y !== values[0])) return false;
  const spread = scaleOf(ledger) === 'log' ? sigma * Math.abs(metric) : sigma;
  return spread >= stepsOfNoise * resolutionOf(ledger) && spread > 0;
}

function jumpOf(ledger: Ledger, step: DecideStep, metric: number, bar: number, value: string): string | null {
  // Whole numbers are counts: to go from seven failures to none is an ordinary success.
  if (step.gain === null || step.z === null || step.z < jumpSigmas || ledger.decimals === 0) return null;
  const earlier = gainedSoFar(ledger);
  if (step.gain <= jumpOverEarlier * earlier) return null;
  const large =
    scaleOf(ledger) === 'log' ? step.gain >= Math.log(jumpFactor) : Math.abs(metric - bar) >= Math.abs(bar);
  if (!large) return null;
  const before = earlier > 0 ? ', and more than three times all that was gained before' : '';
  return `${value} is a jump from ${plainNumber(bar)}: ${Math.round(step.z)} sigmas${before}`;
}

/** From the baseline to the champion, on the decision scale; 0 when the baseline is forgotten or there was no gain. */
function gainedSoFar(ledger: Ledger): number {
  const { direction } = ledger.rules!.metric;
  const scale = scaleOf(ledger);
  const score = (ys: readonly number[]) => mean(ys.map((y) => toScore(y, scale, direction) ?? 0));
  const first = ledger.groups.find((g) => g.n === 0);
  if (!first || first.runs.length === 0 || ledger.champion.bar.length === 0) return 0;
  return Math.max(0, score(ledger.champion.bar) - score(first.runs.map((run) => run.y)));
}
