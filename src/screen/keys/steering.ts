import type { Command } from '../../protocol/commands.ts';
import { holdPending, trialRuns } from '../selectors.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import { clock } from '../text/format.ts';
import type { CommandId } from './commands.ts';
import { whyNot } from './validity.ts';

export interface Orders {
  /** Resolves to whether the engine took it. */
  order(command: Command, done: string): Promise<boolean>;
  ask(question: string, command: Command, done: string): void;
}

/** The acts: says why when one makes no sense, asks when one costs a trial, else tells the engine. */
export function steer(id: CommandId, store: ScreenStore, { order, ask }: Orders): void {
  const snapshot = store.current();
  const reason = whyNot(id, snapshot);
  if (reason !== null) {
    store.say(reason, 'warn');
    return;
  }
  const { run } = snapshot;
  switch (id) {
    case 'hold':
      if (run.held || holdPending(snapshot)) {
        void order({ type: 'release' }, 'released');
      } else {
        void order({ type: 'hold', when: 'after-trial' }, 'holds after this trial');
      }
      return;
    case 'hold-now': {
      const command: Command = { type: 'hold', when: 'now' };
      if (trialRuns(snapshot)) ask(`Stop ${spent(snapshot)} and run it again on release?`, command, 'held');
      else if (run.held) void order({ type: 'release' }, 'released');
      else void order(command, 'held');
      return;
    }
    case 'skip': {
      const command: Command = { type: 'skip', n: run.current! };
      const done = `skipped #${run.current}`;
      if (trialRuns(snapshot)) ask(`Skip ${spent(snapshot)}? Its result is lost.`, command, done);
      else void order(command, done);
      return;
    }
    case 'revert':
      store.look({ overlay: { kind: 'revert' } });
      return;
    case 'stop':
      store.look({ overlay: { kind: 'stop' } });
      return;
    case 'note':
      store.look({ overlay: { kind: 'note', text: '', cursor: 0, sticky: false } });
      return;
    case 'undo': {
      const question = undoQuestion(snapshot);
      if (question === null) void order({ type: 'undo' }, 'undone');
      else ask(question, { type: 'undo' }, 'undone');
      return;
    }
  }
}

/** The running trial with the time it has cost so far: `#14 (1:12 of 5:00 done)`. */
function spent({ run, live }: Snapshot): string {
  const name = run.current === 0 ? 'the baseline trial' : `#${run.current}`;
  if (!live.trial) return name;
  const seconds = (Date.now() - live.trial.startedAt) / 1000;
  return `${name} (${clock(seconds)} of ${clock(live.trial.budgetMs / 1000)} done)`;
}

// Undoing a note or a hold costs nothing; moving the champion asks first.
function undoQuestion({ run }: Snapshot): string | null {
  const move = run.moves.findLast((m) => m.by === 'user');
  const lastNote = run.notes.findLast((note) => !note.withdrawn && note.usedBy === null);
  if (!move || move.cause === 'undone') return null;
  if (lastNote && lastNote.at > move.at) return null;
  return `Undo your move of the champion to ${move.n === 0 ? 'the baseline' : `#${move.n}`}?`;
}
