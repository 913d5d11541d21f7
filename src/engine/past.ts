import { foldAll } from '../journal/fold.ts';
import type { RunState } from '../journal/state.ts';
import { foldLedger, type Ledger, openLedger } from '../loop/ledger.ts';
import type { JournalEvent } from '../protocol/events.ts';

/** What an engine that takes up a run needs of its journal. Not its events: of ten thousand experiments, sixty thousand. */
export interface Past {
  state: RunState;
  ledger: Ledger;
  /** Where an engine began or ended, in order; then the start or end of the latest trial. */
  landmarks: JournalEvent[];
}

/** Folds a past in one go. */
export function foldPast(events: Iterable<JournalEvent>): Past {
  let ledger = openLedger();
  let trial: JournalEvent | null = null;
  const landmarks: JournalEvent[] = [];
  function* noted(): Generator<JournalEvent> {
    for (const event of events) {
      ledger = foldLedger(ledger, event);
      if (event.type === 'trial.started' || event.type === 'trial.ended') trial = event;
      else if (event.type === 'run.started' || event.type === 'run.resumed' || event.type === 'run.ended')
        landmarks.push(event);
      yield event;
    }
  }
  const state = foldAll(noted());
  if (trial) landmarks.push(trial);
  return { state, ledger, landmarks };
}
