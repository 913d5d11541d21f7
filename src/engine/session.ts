import { fold } from '../journal/fold.ts';
import { changeRows, openResultsFile } from '../journal/results-file.ts';
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
  /** Tells those who watch; a warning is journaled too, for those who come later. */
  notice(level: 'info' | 'warn' | 'error', text: string): void;
}

export interface SessionOutlets {
  journal: Journal;
  resultsPath: string;
  event(event: JournalEvent): void;
  pulse(pulse: Pulse): void;
  /** How far the clock is ahead of one that nobody sets, ms; for tests. */
  clockAhead?: () => number;
}

/** A clock that is kept right by the network moves by less. ms */
const jumpMs = 30_000;
const aheadNow = () => Date.now() - performance.now();

/** Journal first, then everything that follows from it: state, ledger, results.tsv, screens. */
export function openSession(past: Pick<Past, 'state' | 'ledger'>, outlets: SessionOutlets): Session {
  let { state, ledger } = past;
  const clockAhead = outlets.clockAhead ?? aheadNow;
  let ahead = clockAhead();
  const results = openResultsFile(outlets.resultsPath);
  results.follow(state);

  const add = (body: EventBody): JournalEvent => {
    const event = outlets.journal.append(body);
    state = fold(state, event);
    ledger = foldLedger(ledger, event);
    if (changeRows.has(event.type)) results.follow(state);
    outlets.event(event);
    return event;
  };

  const session: Session = {
    get state() {
      return state;
    },
    get ledger() {
      return ledger;
    },
    append(body) {
      // Before anything else is told by the new time: whoever reads the journal later knows nothing but its times.
      const byMs = Math.round(clockAhead() - ahead);
      if (Math.abs(byMs) >= jumpMs) {
        ahead += byMs;
        if (state.startedAt !== '' && state.ended === null) add({ type: 'clock.jumped', byMs });
      }
      return add(body);
    },
    flush: () => outlets.journal.flush(),
    pulse(pulse) {
      if (pulse.type === 'notice' && pulse.level !== 'info' && isNews(state, pulse.text))
        session.append({ type: 'run.warned', text: pulse.text });
      outlets.pulse(pulse);
    },
    phase(phase, n, detail = '') {
      outlets.pulse({ type: 'phase', phase, n, since: Date.now(), detail });
    },
    notice(level, text) {
      session.pulse({ type: 'notice', level, text });
    },
  };
  return session;
}

/** Warnings that differ in their numbers alone say the same: so many of a kind are journaled, and so many of all. */
const mostAlike = 5;
const mostWarnings = 100;

/** Whether a warning belongs into the journal: in a run that goes on, and not the same again and again. */
function isNews({ startedAt, ended, warnings }: RunState, text: string): boolean {
  if (startedAt === '' || ended !== null || warnings.length >= mostWarnings) return false;
  const kind = kindOf(text);
  const alike = warnings.filter((w) => kindOf(w.text) === kind);
  return alike.length < mostAlike && alike.every((w) => w.text !== text);
}

const kindOf = (text: string) => text.replace(/\d+(?:\.\d+)?/g, 'N');
