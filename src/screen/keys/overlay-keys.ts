import type { Command } from '../../protocol/commands.ts';
import { briefingOf } from '../briefing.ts';
import { askedOf, nextUndo, notesInForce } from '../selectors.ts';
import type { ScreenStore, Snapshot } from '../store.ts';
import type { Confirm, Overlay } from '../view.ts';
import { chordLabel, commandFor } from './bindings.ts';
import type { Chord } from './chord.ts';
import type { CommandId } from './commands.ts';
import { copyChoices } from './copy-menu.ts';
import { type Choice, revertChoices, stopChoices } from './menus.ts';
import { verdictChoices } from './verdict-menu.ts';

export interface OverlayDeps {
  store: ScreenStore;
  order(command: Command, done: string): Promise<boolean>;
  ask(confirm: Confirm): void;
  close(): void;
  copy(label: string, text: string): void;
  /** Shows an experiment in all panes. */
  select(n: number): void;
  scrollHelp(id: CommandId): void;
  /** The user has read what happened while they were away. */
  markRead(): void;
}

/** A key while a menu or a list lies over the panes (not one in which text is typed). */
export function keyInOverlay(overlay: Overlay, chord: Chord, deps: OverlayDeps) {
  const { store, close } = deps;
  const snapshot = store.current();
  const leaves = chord === 'esc' || chord === 'q' || chord === 'ctrl+c';
  switch (overlay.kind) {
    case 'revert':
      return choose(revertChoices(snapshot), chord, deps);
    case 'stop':
      return choose(stopChoices(snapshot), chord, deps);
    case 'verdict':
      return choose(verdictChoices(overlay.n, snapshot), chord, deps);
    case 'copy': {
      const choice = copyChoices(overlay.n, snapshot).find((c) => c.key === chord);
      if (choice) deps.copy(choice.label, choice.text);
      if (choice || leaves) close();
      else noChoice(chord, copyChoices(overlay.n, snapshot), store);
      return;
    }
    case 'undo': {
      const top = nextUndo(snapshot);
      if (chord === 'y' && top) {
        close();
        void deps.order({ type: 'undo', id: top.id }, 'undone');
      } else if (leaves || chord === 'n' || chord === 'enter' || !top) close();
      else noChoice(chord, [{ key: 'y' }, { key: 'n' }], store);
      return;
    }
    case 'notes':
      return inNotes(overlay, chord, leaves, deps);
    case 'briefing':
      return inBriefing(overlay, chord, leaves, deps);
    case 'help': {
      const id = commandFor(chord);
      if (chord === '/') return store.look({ overlay: { ...overlay, typing: true, scroll: 0 } });
      if (leaves && overlay.filter) return store.look({ overlay: { kind: 'help', scroll: 0 } });
      if (leaves || id === 'help' || id === 'interrupt') return close();
      if (id) deps.scrollHelp(id);
      return;
    }
  }
}

function choose(choices: Choice[], chord: Chord, { order, ask, close, store }: OverlayDeps) {
  const choice = choices.find((c) => c.key === chord);
  if (!choice) {
    if (chord === 'esc' || chord === 'q' || chord === 'ctrl+c') close();
    else noChoice(chord, choices, store);
    return;
  }
  close();
  const { question, command, done } = choice;
  if (question) ask({ question, command, done, stands: asBefore(store.current().run) });
  else void order(command, done);
}

/** A key that means nothing here must not look as if it had been lost. */
function noChoice(chord: Chord, choices: readonly { key: string }[], store: ScreenStore): void {
  const keys = choices.map(({ key }) => key).join(' ');
  store.say(`${chordLabel(chord)} is no choice here: ${keys === '' ? '' : `${keys}, or `}Esc`, 'warn');
}

function inNotes(
  overlay: Extract<Overlay, { kind: 'notes' }>,
  chord: Chord,
  leaves: boolean,
  { store, ask, close }: OverlayDeps,
) {
  const notes = notesInForce(store.current().run);
  if (leaves || notes.length === 0) return close();
  const at = Math.min(overlay.at, notes.length - 1);
  const to = moved(chord, at, notes.length);
  if (to !== null) return store.look({ overlay: { ...overlay, at: to } });
  if (chord !== 'd') return noChoice(chord, [{ key: 'j' }, { key: 'k' }, { key: 'd' }], store);
  const note = notes[at]!;
  const shown = note.text.length > 40 ? `${note.text.slice(0, 39)}…` : note.text;
  ask({
    question: `Withdraw the note "${shown}"?`,
    command: { type: 'withdraw', id: note.id },
    done: 'withdrawn',
    stands: ({ run }) => run.notes.some((x) => x.id === note.id && !x.withdrawn),
  });
}

function inBriefing(
  overlay: Extract<Overlay, { kind: 'briefing' }>,
  chord: Chord,
  leaves: boolean,
  { store, order, close, select, markRead }: OverlayDeps,
) {
  const { run, view } = store.current();
  const { kept, unsure } = briefingOf(run, view.away ?? run.startedAt);
  if (leaves || chord === 'B') {
    markRead();
    return close();
  }
  const asked = askedOf(run);
  if (asked !== null && commandFor(chord) === 'verdict')
    return store.look({ overlay: { kind: 'verdict', n: asked } });
  const to = moved(chord, overlay.at, kept.length);
  if (to !== null) return store.look({ overlay: { ...overlay, at: to } });
  const e = kept[Math.min(overlay.at, kept.length - 1)];
  if (chord === 'enter' && e) {
    close();
    return select(e.n);
  }
  // The briefing stays open: who runs one again usually runs another one.
  if (chord === 'x' && e) void order({ type: 'rerun', n: e.n }, 'queued');
  if (chord === 'X') {
    const waiting = unsure.filter(({ n }) => !run.reruns.includes(n));
    if (waiting.length === 0) return store.say('nothing kept is within the noise', 'warn');
    for (const { n } of waiting) void order({ type: 'rerun', n }, 'queued');
    return;
  }
  if (chord !== 'x' && chord !== 'enter')
    noChoice(chord, [{ key: 'j' }, { key: 'k' }, { key: 'Enter' }, { key: 'x' }, { key: 'X' }], store);
}

/** Where a list's mark goes; null when the key does not move it. */
export function moved(chord: Chord, at: number, length: number): number | null {
  const last = Math.max(0, length - 1);
  switch (chord) {
    case 'j':
    case 'down':
    case 'ctrl+n':
      return Math.min(last, at + 1);
    case 'k':
    case 'up':
      return Math.max(0, at - 1);
    case 'g':
    case 'home':
      return 0;
    case 'G':
    case 'end':
      return last;
    case 'pagedown':
    case 'ctrl+d':
      return Math.min(last, at + 8);
    case 'pageup':
    case 'ctrl+u':
      return Math.max(0, at - 8);
    default:
      return null;
  }
}

/** True as long as the champion and the experiment at work are those that the question named. */
function asBefore({ champion, current }: Snapshot['run']): NonNullable<Confirm['stands']> {
  return ({ run }) => run.champion.n === champion.n && run.current === current;
}
