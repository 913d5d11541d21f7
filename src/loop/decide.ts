import type { Ledger } from './ledger.ts';
import type { MeasureStep, Step } from './step.ts';

export type { DecideStep, MeasureStep, Step } from './step.ts';

/** What experiment `n` needs next: one more trial, or its verdict. n = 0 is the baseline. */
export function nextStep(_ledger: Ledger, _n: number): Step {
  throw new Error('the policy is not built yet');
}

/** The champion has to be measured again before the next proposal (it moved by hand, or its bar looks stale). */
export function championStep(_ledger: Ledger): MeasureStep | null {
  return null;
}
