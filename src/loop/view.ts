import type { Ledger } from './ledger.ts';
import { mean } from './noise.ts';
import { chooseScale, type Scale } from './score.ts';

/** The scale that decisions are made on now. A rate of passed items is compared as it is. */
export function scaleOf(ledger: Ledger): Scale {
  return chooseScale(ledger.rules?.metric.scale ?? 'auto', ledger.allPositive && ledger.items === null);
}

/** Smallest difference that the metric can show, in its own unit: from the settings, else from the digits seen. */
export function resolutionOf(ledger: Ledger): number {
  const asked = ledger.rules?.metric.resolution ?? null;
  if (asked !== null) return asked;
  // Fifteen digits and more are the full double, not a rounding by the script.
  return ledger.decimals >= 12 ? 0 : 10 ** -ledger.decimals;
}

/** What a candidate has to beat, in the metric's unit (corrected for luck after a keep); null before the baseline. */
export function championBar(ledger: Ledger): number | null {
  return ledger.champion.bar.length > 0 ? mean(ledger.champion.bar) : null;
}

/** Champion runs that may fail in a row before decisions are made without them. */
export const championPatience = 2;

/** The champion, which once ran, keeps failing: the environment's doing, a reason to hold the run. */
export function championFails(ledger: Ledger): boolean {
  return ledger.champion.failures >= championPatience;
}
