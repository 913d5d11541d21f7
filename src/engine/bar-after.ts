import { foldLedger } from '../loop/ledger.ts';
import { championBar } from '../loop/view.ts';
import type { EventBody } from '../protocol/events.ts';
import type { Session } from './session.ts';

/** What the next experiment has to beat once that has happened, in the metric's unit; null before the baseline. */
export function barAfter(
  { ledger }: Session,
  body: EventBody<'champion.moved'> | EventBody<'trial.ended'>,
): number | null {
  return championBar(foldLedger(ledger, { ...body, v: 1, seq: ledger.seq + 1, at: '' }));
}
