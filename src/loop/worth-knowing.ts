import type { Estimate } from './estimate.ts';
import type { Ledger } from './ledger.ts';
import { median } from './noise.ts';
import { scaleOf } from './view.ts';

// A run that confirms is a run in which no new idea is tried. It earns its time only where what it could tell is worth
// more than what ideas have brought in the time of a run lately: early in a night of large gains it is not, later it is.

/** Runs that say what a run brings now, and keeps among them that are needed to say it. */
const lately = 30;
const leastKeeps = 3;

/**
 * Whether one more run could tell more than it costs: the value of perfect information about the gain (Raiffa and
 * Schlaifer, Applied Statistical Decision Theory, 1961), against `share` of what a run has brought lately.
 * True while too little has been earned to say.
 */
export function isWorthKnowing(ledger: Ledger, q: Estimate, share: number): boolean {
  if (share === 0 || q.zNeeded === 0) return true;
  const error = (q.gain - q.needed) / q.zNeeded;
  return error * expectedLoss(Math.abs(q.zNeeded)) >= share * earnedByRun(ledger);
}

/** Honest gain of a run lately. Each keep counts as the middle one: a single great find is no income. */
function earnedByRun(ledger: Ledger): number {
  const { scale, runs, keeps } = ledger.earned;
  if (scale !== scaleOf(ledger)) return 0;
  const recent = keeps.filter(({ run }) => runs - run < lately);
  if (recent.length < leastKeeps) return 0;
  return (median(recent.map(({ gain }) => gain)) * recent.length) / Math.min(runs, lately);
}

/** What is lost on average by deciding now at z sigmas, in sigmas: the standard normal's linear loss. */
function expectedLoss(z: number): number {
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  // Abramowitz and Stegun 26.2.17, error below 8e-8.
  const t = 1 / (1 + 0.2316419 * z);
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return density - z * density * poly;
}
