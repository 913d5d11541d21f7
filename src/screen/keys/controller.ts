import type { Command } from '../../protocol/commands.ts';
import type { Reply } from '../../protocol/connection.ts';
import { activePane } from '../layout.ts';
import type { LogReader } from '../log-reader.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import { clean } from '../text/clean.ts';
import type { Confirm } from '../view.ts';
import { resetSizes, resizePane } from './arrange.ts';
import { commandFor, keyOf } from './bindings.ts';
import { changeChart } from './chart-keys.ts';
import { type Chord, chordsOf, type KeyEvent } from './chord.ts';
import { type CommandId, commandInfo } from './commands.ts';
import { keyInFind, openFind, pasteInFind } from './find.ts';
import { type Choice, revertChoices, stopChoices } from './menus.ts';
import { createMover, type Extents } from './moves.ts';
import { editNote, insertInNote, type NoteOverlay } from './note-editor.ts';
import { createPaneActs } from './pane-acts.ts';
import { inPrompt, insertInPrompt } from './prompt.ts';
import { steer } from './steering.ts';

export interface ControllerOptions {
  store: ScreenStore;
  send(command: Command): Promise<Reply>;
  /** Leave the screen. */
  detach(): void;
  redraw(): void;
  nextTheme?(): void;
  /** Writes a picture of the screen into the run's folder. */
  shoot?(): void;
  /** An experiment was selected (null = live): its files may be wanted. */
  selected(n: number | null): void;
  extents: Extents;
  /** Looks through the file of the log that is shown. */
  find?: LogReader['find'];
  clock?: () => number;
}

/** Keys that answer no to a question. */
const noChords: ReadonlySet<string> = new Set(['n', 'N', 'esc', 'enter', 'return', 'q', 'ctrl-c']);

/** Turns key presses into views and commands. Knows no React, so every key can be tested without a terminal. */
export interface Controller {
  key(input: string, key: KeyEvent): void;
  paste(text: string): void;
}

const quietMs = 250;
const twiceMs = 2000;

export function createController(options: ControllerOptions): Controller {
  const { store } = options;
  const clock = options.clock ?? Date.now;
  const paneActs = createPaneActs(store, options.extents, options.find);
  const mover = createMover(store, options.extents, options.selected, paneActs);
  let closedAt = Number.NEGATIVE_INFINITY;
  let interruptedAt = Number.NEGATIVE_INFINITY;

  const place = () => ({
    pane: activePane(store.current()),
    approving: false,
  });
  const order = async (command: Command, done: string) => {
    const reply = await options.send(command);
    store.say(reply.message || (reply.ok ? done : 'the engine said no'), reply.ok ? 'info' : 'error');
    return reply.ok;
  };
  const close = () => {
    closedAt = clock();
    store.look({ overlay: null, confirm: null });
  };
  const ask = (confirm: Confirm) => store.look({ overlay: null, confirm });

  const tell = (text: string | null) => {
    if (text !== null) store.say(clean(text));
  };
  const tellOfPaste = () => {
    if (store.current().view.confirm) return;
    store.say(`pasted text does nothing here (${keyOf('note')} writes a note)`, 'warn');
  };

  const run = (id: CommandId) => {
    if (commandInfo(id).act) {
      // A key meant for the overlay that has just closed must not reach the run. A note only opens its editor: were
      // that key lost, the note's text would be taken for commands.
      if (id !== 'note' && clock() - closedAt < quietMs) return;
      return steer(id, store, { order, ask });
    }
    switch (id) {
      case 'help':
        return store.look({ overlay: { kind: 'help', scroll: 0 } });
      case 'detach':
        return options.detach();
      case 'interrupt': {
        if (clock() - interruptedAt < twiceMs) return options.detach();
        interruptedAt = clock();
        return store.say(
          `${keyOf('interrupt')} again detaches, the run goes on.  ${keyOf('stop')} ends the run.`,
          'info',
          twiceMs,
        );
      }
      case 'redraw':
        return options.redraw();
      case 'next-theme':
        return options.nextTheme?.();
      case 'shot':
        return options.shoot?.();
      case 'find':
        return openFind(store);
      case 'grow':
      case 'shrink':
        return tell(resizePane(store, id === 'grow' ? 1 : -1));
      case 'reset-sizes':
        return tell(resetSizes(store));
      case 'chart-scale':
      case 'chart-axis':
      case 'chart-metric':
        return tell(changeChart(store, id));
      default:
        return mover.move(id);
    }
  };

  const choose = (choices: Choice[], chord: Chord) => {
    const choice = choices.find((c) => c.key === chord);
    if (!choice) {
      if (chord === 'esc' || chord === 'q' || chord === 'ctrl+c') close();
      return;
    }
    close();
    const { question, command, done } = choice;
    if (question) ask({ question, command, done, stands: asBefore(store.current().run) });
    else void order(choice.command, choice.done);
  };

  const inNote = (note: NoteOverlay, input: string, key: KeyEvent) => {
    const chord = chordsOf(input, key)[0];
    if (chord === 'esc' || chord === 'ctrl+c') return close();
    if (chord === 'enter') {
      const text = note.text.trim();
      close();
      if (text !== '') void order({ type: 'note', text, sticky: note.sticky }, 'noted');
      return;
    }
    const edited = chord === undefined ? null : editNote(note, chord);
    if (edited) return store.look({ overlay: edited });
    if (input !== '' && !key.ctrl && !key.meta) store.look({ overlay: insertInNote(note, clean(input)) });
  };

  const inOverlay = (chord: Chord) => {
    const snapshot = store.current();
    const overlay = snapshot.view.overlay!;
    if (overlay.kind === 'revert') return choose(revertChoices(snapshot), chord);
    if (overlay.kind === 'stop') return choose(stopChoices(snapshot), chord);
    const id = commandFor(chord, place());
    if (chord === 'q' || chord === 'esc' || id === 'help' || id === 'interrupt') return close();
    if (id) mover.scrollHelp(id);
  };

  const handle = (input: string, key: KeyEvent) => {
    const { view } = store.current();
    if (view.overlay?.kind === 'note') return inNote(view.overlay, input, key);
    if (view.overlay?.kind === 'find') return keyInFind(store, view.overlay, input, key);
    if (view.prompt) return inPrompt(view.prompt, input, key, store, paneActs.typed);
    const chords = chordsOf(input, key);
    if (chords.length === 0) {
      if ([...input].length > 1 && key.eventType !== 'release') tellOfPaste();
      return;
    }
    if (view.toast && view.toast.until === null) store.look({ toast: null });
    if (view.confirm) {
      const { command, done } = view.confirm;
      const [chord] = chords;
      // Other letters leave the question where it is: what follows them would act as keys, once it were gone.
      if (chords.length === 1 && chord !== 'y' && !noChords.has(chord!)) return;
      close();
      if (chords.length === 1 && chord === 'y') void order(command, done);
      return;
    }
    if (view.overlay) {
      for (const chord of chords) inOverlay(chord);
      return;
    }
    for (const chord of chords) {
      const id = commandFor(chord, place());
      // Repeats in one piece are a held key or a paste: fine for moving, never for an act.
      if (id && chords.length > 1 && commandInfo(id).act) return tellOfPaste();
      if (id) run(id);
      if (store.current().view.overlay || store.current().view.prompt) return;
    }
  };

  return {
    key(input, key) {
      // Esc and the next key in one read look like Alt with that key.
      if (!key.meta) return handle(input, key);
      handle('', { escape: true });
      if (!key.escape) handle(input, { ...key, meta: false });
    },
    paste(text) {
      const { overlay, prompt } = store.current().view;
      if (prompt) store.look({ prompt: insertInPrompt(prompt, text) });
      else if (overlay?.kind === 'find') pasteInFind(store, overlay, text);
      else if (overlay?.kind === 'note')
        store.look({
          overlay: insertInNote(
            overlay,
            text
              .split(/[\r\n]+/)
              .map(clean)
              .join(' '),
          ),
        });
      else tellOfPaste();
    },
  };
}

/** True as long as the champion and the experiment at work are those that the question named. */
function asBefore({ champion, current }: Snapshot['run']): NonNullable<Confirm['stands']> {
  return ({ run }) => run.champion.n === champion.n && run.current === current;
}
