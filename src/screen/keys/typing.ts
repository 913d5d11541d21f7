import { clean } from '../../protocol/clean.ts';
import type { Command } from '../../protocol/commands.ts';
import type { ScreenStore } from '../store.ts';
import type { NoteEdit, Overlay } from '../view.ts';
import { type Chord, chordsOf, type KeyEvent } from './chord.ts';
import type { CommandId } from './commands.ts';
import { editLine, insertInLine } from './line-editor.ts';
import { editNote, insertInNote } from './note-editor.ts';
import { moved } from './overlay-keys.ts';
import { paletteItems } from './palette.ts';

type Palette = Extract<Overlay, { kind: 'palette' }>;
type Help = Extract<Overlay, { kind: 'help' }>;

export interface TypingDeps {
  store: ScreenStore;
  order(command: Command, done: string): Promise<boolean>;
  close(): void;
  /** Opens the user's editor on the note. */
  editor(note: NoteEdit): void;
  run(id: CommandId): void;
}

const longest = 80;

/** The overlay in which text is typed, if one is open. */
export function typedInto(overlay: Overlay | null): NoteEdit | Palette | Help | null {
  if (overlay?.kind === 'note' || overlay?.kind === 'palette') return overlay;
  return overlay?.kind === 'help' && overlay.typing ? overlay : null;
}

/** A key while text is typed. `rushed`: it came faster than fingers, so it is pasted text, and sends nothing. */
export function keyInTyping(
  overlay: NoteEdit | Palette | Help,
  input: string,
  key: KeyEvent,
  rushed: boolean,
  deps: TypingDeps,
): void {
  const chord = chordsOf(input, key)[0];
  const text = input !== '' && !key.ctrl && !key.meta && key.eventType !== 'release' ? input : null;
  if (overlay.kind === 'note') inNote(overlay, chord, text, rushed, deps);
  else if (overlay.kind === 'palette') inPalette(overlay, chord, text, rushed, deps);
  else inHelp(overlay, chord, text, deps);
}

/** Pasted text goes to the cursor; not even a line break in it sends. */
export function pasteInTyping(overlay: NoteEdit | Palette | Help, pasted: string, store: ScreenStore): void {
  const text = pasted
    .split(/[\r\n]+/)
    .map(clean)
    .join(' ');
  if (overlay.kind === 'note') store.look({ overlay: insertInNote(overlay, text) });
  else if (overlay.kind === 'palette')
    store.look({ overlay: { ...insertInLine(overlay, text, longest), at: 0 } });
  else store.look({ overlay: { ...overlay, filter: ((overlay.filter ?? '') + text).slice(0, longest) } });
}

function inNote(
  note: NoteEdit,
  chord: Chord | undefined,
  text: string | null,
  rushed: boolean,
  { store, order, close, editor }: TypingDeps,
) {
  if (chord === 'esc' || chord === 'ctrl+c') return close();
  if (chord === 'ctrl+o') return editor(note);
  if (chord === 'up' || chord === 'down') return store.look({ overlay: recalled(note, chord, store) });
  if (chord === 'enter') {
    if (rushed) return store.look({ overlay: insertInNote(note, ' ') });
    const words = note.text.trim();
    if (words === '' && note.rejects) return store.say('say why, or Esc', 'warn');
    close();
    if (words !== '') void order(sent(note, words), note.rejects ? 'rejected' : 'noted');
    return;
  }
  const edited = chord === undefined ? null : editNote(note, chord);
  if (edited) store.look({ overlay: edited });
  else if (text !== null) store.look({ overlay: insertInNote(note, clean(text)) });
}

function sent({ rejects, sticky }: NoteEdit, text: string): Command {
  return rejects
    ? { type: 'answer', ...rejects, answer: 'reject', note: text }
    : { type: 'note', text, sticky };
}

/** An earlier note of this run in the editor, to send it again or to change it. */
function recalled(note: NoteEdit, chord: 'up' | 'down', store: ScreenStore): NoteEdit {
  const texts = [
    ...new Set(
      store
        .current()
        .run.notes.map((n) => n.text)
        .reverse(),
    ),
  ];
  const at = Math.min(texts.length, Math.max(0, (note.earlier?.at ?? 0) + (chord === 'up' ? 1 : -1)));
  const typed = note.earlier?.typed ?? note.text;
  const text = at === 0 ? typed : texts[at - 1]!;
  return { ...note, text, cursor: text.length, earlier: { at, typed } };
}

function inPalette(
  palette: Palette,
  chord: Chord | undefined,
  text: string | null,
  rushed: boolean,
  { store, close, run }: TypingDeps,
) {
  if (chord === 'esc' || chord === 'ctrl+c') return close();
  const items = paletteItems(palette.text, store.current());
  const at = Math.min(palette.at, Math.max(0, items.length - 1));
  if (chord === 'enter') {
    const item = items[at];
    if (rushed || !item) return;
    if (item.why !== null) return store.say(item.why, 'warn');
    store.look({ overlay: null });
    return run(item.id);
  }
  const isLetter = text !== null && text.length === 1;
  const to = isLetter || chord === undefined || chord === 'ctrl+u' ? null : moved(chord, at, items.length);
  if (to !== null) return store.look({ overlay: { ...palette, at: to } });
  const edited = chord === undefined ? null : editLine(palette, chord);
  if (edited) store.look({ overlay: { ...edited, at: 0 } });
  else if (text !== null) store.look({ overlay: { ...insertInLine(palette, clean(text), longest), at: 0 } });
}

function inHelp(
  help: Help,
  chord: Chord | undefined,
  text: string | null,
  { store }: Pick<TypingDeps, 'store'>,
) {
  const filter = help.filter ?? '';
  if (chord === 'esc' || chord === 'ctrl+c') return store.look({ overlay: { kind: 'help', scroll: 0 } });
  if (chord === 'enter') return store.look({ overlay: { ...help, typing: false } });
  const line = { text: filter, cursor: filter.length };
  const edited =
    (chord === undefined ? null : editLine(line, chord)) ??
    (text === null ? null : insertInLine(line, clean(text), longest));
  if (edited) store.look({ overlay: { ...help, filter: edited.text, scroll: 0 } });
}
