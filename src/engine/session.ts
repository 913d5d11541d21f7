import { fold } from '../journal/fold.ts';
import { openResultsFile } from '../journal/results-file.ts';
import type { RunState } from '../journal/state.ts';
import type { Journal } from '../journal/write.ts';
import { foldLedger, type Ledger } from '../loop/ledger.ts';
import type { EventBody, JournalEvent } from '../protocol/events.ts';
import type { Pulse } from '../protocol/pulse.ts';
import type { Phase } from '../protocol/words.ts';
import type { Past } from './past.ts';

/** What the run knows now, and the only way to change it: append an event. */
export interface Session {
  readonly state: RunState;
  readonly ledger: Ledger;
  append(body: EventBody): JournalEvent;
  /** Makes sure that all events are in the journal. @throws EnvironmentFailure when the disk refuses. */
  flush(): void;
  pulse(pulse: Pulse): void;
  phase(phase: Phase, n: number, detail?: string): void;
  notice(level: 'info' | 'warn' | 'error', text: string): void;
}

export interface SessionOutlets {
  journal: Journal;
  resultsPath: string;
  event(event: JournalEvent): void;
  pulse(pulse: Pulse): void;
}

/** Journal first, then everything that follows from it: state, ledger, results.tsv, screens. */
export function openSession(past: Pick<Past, 'state' | 'ledger'>, outlets: SessionOutlets): Session {
  let { state, ledger } = past;
  const results = openResultsFile(outlets.resultsPath);
  results.follow(state);

  return {
    get state() {
      return state;
    },
    get ledger() {
      return ledger;
    },
    append(body) {
      const event = outlets.journal.append(body);
      state = fold(state, event);
      ledger = foldLedger(ledger, event);
      results.follow(state);
      outlets.event(event);
      return event;
    },
    flush: () => outlets.journal.flush(),
    pulse: outlets.pulse,
    phase(phase, n, detail = '') {
      outlets.pulse({ type: 'phase', phase, n, since: Date.now(), detail });
    },
    notice(level, text) {
      outlets.pulse({ type: 'notice', level, text });
    },
  };
}
