import { clean } from '../../protocol/clean.ts';
import type { Command } from '../../protocol/commands.ts';
import type { Reply } from '../../protocol/connection.ts';
import { activePane } from '../layout.ts';
import type { LogReader } from '../log-reader.ts';
import { shownExperiment, waitingProposal } from '../selectors.ts';
import type { ScreenStore } from '../store.ts';
import type { Outside } from '../terminal/outside.ts';
import type { Confirm } from '../view.ts';
import { resetSizes, resizePane } from './arrange.ts';
import { commandFor, keyOf } from './bindings.ts';
import { changeChart } from './chart-keys.ts';
import { chordsOf, type KeyEvent } from './chord.ts';
import type { Category } from './command-info.ts';
import { type CommandId, commandInfo } from './commands.ts';
import { openFind } from './find.ts';
import { createMover, type Extents } from './moves.ts';
import { createOutsideKeys } from './outside-keys.ts';
import { keyInOverlay, moved, type OverlayDeps } from './overlay-keys.ts';
import { createPace } from './pace.ts';
import { homeOf } from './palette.ts';
import { createPaneActs } from './pane-acts.ts';
import { inPrompt, insertInPrompt } from './prompt.ts';
import { steer } from './steering.ts';
import { keyInTyping, pasteInTyping, type TypingDeps, typedInto } from './typing.ts';
import { answeredTooEarly, whyNot } from './validity.ts';

export interface ControllerOptions {
  store: ScreenStore;
  send(command: Command): Promise<Reply>;
  /** Leave the screen. */
  detach(): void;
  redraw(): void;
  nextTheme?(): void;
  /** Writes a picture of the screen into the run's folder. */
  shoot?(): void;
  extents: Extents;
  /** Looks through the file of the log that is shown. */
  find?: LogReader['find'];
  clock?: () => number;
  /** Keys that follow each other within this time, ms, are pasted text: no fingers are that fast. 0 = not judged. */
  burstMs?: number;
  /** Other programs and the clipboard; missing where there is no terminal of the user's. */
  outside?: Outside;
  /** The run's folder, for what is opened in other programs. */
  runDir?: string;
  /** A key was pressed: the user is here. */
  touched?(): void;
  /** The user has read what happened while they were away. */
  markRead?(): void;
}

/** Keys that answer no to a question. */
const noChords: ReadonlySet<string> = new Set(['n', 'N', 'esc', 'enter', 'return', 'q', 'ctrl-c']);

/** Turns key presses into views and commands. Knows no React, so every key can be tested without a terminal. */
export interface Controller {
  key(input: string, key: KeyEvent): void;
  paste(text: string): void;
}

/** Acts that reach the run by this one key; the others only open something that asks. */
const reaches: ReadonlySet<CommandId> = new Set([
  'hold',
  'hold-now',
  'skip',
  'mode',
  'approve-run',
  'approve-reject',
]);

/** Keys that may come in one piece. */
const mostAtOnce = 5;
const lookingParts: ReadonlySet<Category> = new Set(['Look around', 'Panes', 'In a pane']);

/** Acts that change only what is looked at: done in a burst of keys, they cost nothing. */
const onlyLooks = (id: CommandId) => lookingParts.has(commandInfo(id).category) || id === 'help';

const quietMs = 250;
const twiceMs = 2000;

/** The keys of one screen: what is asked, chosen, typed and sent. */
export function createController(options: ControllerOptions): Controller {
  const { store } = options;
  const clock = options.clock ?? Date.now;
  const paneActs = createPaneActs(store, options.extents, options.find);
  const mover = createMover(store, options.extents, paneActs);
  const pace = createPace(options.burstMs ?? 0, () => tellOfPaste());
  let closedAt = Number.NEGATIVE_INFINITY;
  let interruptedAt = Number.NEGATIVE_INFINITY;

  const place = () => ({
    pane: activePane(store.current()),
    approving: waitingProposal(store.current()) !== null,
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

  const outside = createOutsideKeys(store, options.outside ?? null, options.runDir ?? null, { order });

  const tell = (text: string | null) => {
    if (text !== null) store.say(clean(text));
  };
  const tellOfPaste = () => {
    if (store.current().view.confirm) return;
    store.say(`pasted text does nothing here (${keyOf('note')} writes a note)`, 'warn');
  };

  /** `chosen`: from a list of acts, so it is not a key that was meant for something else. */
  const run = (id: CommandId, chosen = false) => {
    if (commandInfo(id).act) {
      // A key meant for the overlay that has just closed must not reach the run. A note only opens its editor: were
      // that key lost, the note's text would be taken for commands.
      if (id !== 'note' && !chosen && clock() - closedAt < quietMs) return;
      if (id === 'approve-edit' && whyNot(id, store.current()) === null) return void outside.editProposal();
      return steer(id, store, { order, ask });
    }
    const reason = whyNot(id, store.current());
    if (reason !== null) return store.say(reason, 'warn');
    switch (id) {
      case 'palette':
        return store.look({ overlay: { kind: 'palette', text: '', cursor: 0, at: 0 } });
      case 'briefing':
        return store.look({ overlay: { kind: 'briefing', at: 0 } });
      case 'copy':
        return store.look({ overlay: { kind: 'copy', n: shownExperiment(store.current())!.n } });
      case 'editor':
      case 'pager':
        return void outside.open(id);
      case 'suspend':
        return void outside.suspend();
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

  const overlayDeps: OverlayDeps = {
    store,
    order,
    ask,
    close,
    copy: outside.copy,
    select: mover.select,
    scrollHelp: mover.scrollHelp,
    markRead: options.markRead ?? (() => {}),
  };
  const typingDeps: TypingDeps = {
    store,
    order,
    close,
    run: (id) => {
      const home = homeOf(id);
      if (home !== null && activePane(store.current()) !== home) store.look({ focus: home, picked: true });
      run(id, true);
    },
    editor: (note) => void outside.writeNote(note),
  };

  const handle = (input: string, key: KeyEvent) => {
    const { view } = store.current();
    const typed = typedInto(view.overlay);
    if (typed) return keyInTyping(typed, input, key, pace.rushed(), typingDeps);
    if (view.prompt) return inPrompt(view.prompt, input, key, store, paneActs.typed);
    const chords = chordsOf(input, key);
    if (chords.length === 0) {
      if ([...input].length > 1 && key.eventType !== 'release') inOnePiece([...input]);
      return;
    }
    if (view.toast && view.toast.until === null) store.look({ toast: null });
    if (view.confirm) {
      const { command, done } = view.confirm;
      const [chord] = chords;
      // Other letters leave the question where it is: what follows them would act as keys, once it were gone.
      if (chords.length === 1 && chord !== 'y' && !noChords.has(chord!)) return;
      if (chords.length === 1 && chord === 'y')
        return pace.carefully(() => {
          close();
          void order(command, done);
        });
      return close();
    }
    if (view.overlay) {
      const overlay = view.overlay;
      const careful = overlay.kind !== 'help' && chords.length === 1 && moved(chords[0]!, 0, 1) === null;
      if (careful && chords[0] !== 'esc')
        return pace.carefully(() => keyInOverlay(overlay, chords[0]!, overlayDeps));
      for (const chord of chords) {
        const { overlay: now } = store.current().view;
        if (now) keyInOverlay(now, chord, overlayDeps);
      }
      return;
    }
    for (const chord of chords) {
      const id = commandFor(chord, place());
      // Repeats in one piece are a held key or a paste: fine for moving, never for an act.
      if (id && chords.length > 1 && commandInfo(id).act) return tellOfPaste();
      const early = answeredTooEarly(chord, id, store.current());
      if (early !== null) return store.say(early, 'warn');
      if (id && reaches.has(id)) pace.carefully(() => run(id));
      else if (id) run(id);
      if (store.current().view.overlay || store.current().view.prompt) return;
    }
  };

  /**
   * Several keys in one read: typed fast over a slow line, or pasted where the terminal does not mark pastes. A few that
   * only look are done one after the other; anything that reaches the run, leaves the screen or is longer is a paste.
   */
  const inOnePiece = (letters: string[]) => {
    const { view } = store.current();
    if (letters.length > mostAtOnce || view.confirm || view.overlay) return tellOfPaste();
    for (const letter of letters) {
      const { overlay, prompt } = store.current().view;
      const chord = chordsOf(letter, {})[0];
      const id = chord === undefined ? null : commandFor(chord, place());
      if (!overlay && !prompt && (id === null || !onlyLooks(id))) return tellOfPaste();
      handle(letter, {});
    }
  };

  return {
    key(input, key) {
      if (key.eventType !== 'release') options.touched?.();
      if (!pace.key()) return;
      // Esc and the next key in one read look like Alt with that key.
      if (!key.meta) return handle(input, key);
      handle('', { escape: true });
      if (!key.escape) handle(input, { ...key, meta: false });
    },
    paste(text) {
      const { overlay, prompt } = store.current().view;
      const typed = typedInto(overlay);
      if (prompt) insertInPrompt(prompt, text, store);
      else if (typed) pasteInTyping(typed, text, store);
      else tellOfPaste();
    },
  };
}
