import type { JournalEvent } from '../protocol/events.ts';

/** What has been measured in a run: all that a decision needs, folded from the journal. */
export interface Ledger {
  readonly seq: number;
}

/** A run of which nothing has been measured yet. */
export function openLedger(): Ledger {
  return { seq: 0 };
}

/** The next ledger; the old one is untouched. The same live and on resume. */
export function foldLedger(ledger: Ledger, event: JournalEvent): Ledger {
  return { ...ledger, seq: event.seq };
}
