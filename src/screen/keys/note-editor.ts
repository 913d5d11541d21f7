import type { Overlay } from '../view.ts';
import type { Chord } from './chord.ts';

export type NoteOverlay = Extract<Overlay, { kind: 'note' }>;
export const noteLimit = 4000;

/** The note after one editing key; null when the key means nothing here. */
export function editNote(note: NoteOverlay, chord: Chord): NoteOverlay | null {
  const { text, cursor } = note;
  const to = (at: number): NoteOverlay => ({ ...note, cursor: Math.min(text.length, Math.max(0, at)) });
  const cutOut = (from: number, until: number): NoteOverlay => ({
    ...note,
    text: text.slice(0, from) + text.slice(until),
    cursor: from,
  });
  switch (chord) {
    case 'left':
    case 'ctrl+b':
      return to(cursor - stepBack(text, cursor));
    case 'right':
    case 'ctrl+f':
      return to(cursor + stepForward(text, cursor));
    case 'home':
    case 'ctrl+a':
      return to(0);
    case 'end':
    case 'ctrl+e':
      return to(text.length);
    case 'backspace':
      return cutOut(cursor - stepBack(text, cursor), cursor);
    case 'delete':
      return cutOut(cursor, cursor + stepForward(text, cursor));
    case 'ctrl+u':
      return cutOut(0, cursor);
    case 'ctrl+k':
      return cutOut(cursor, text.length);
    case 'ctrl+w': {
      const head = text.slice(0, cursor).replace(/\S*\s*$/, '');
      return cutOut(head.length, cursor);
    }
    case 'tab':
      return { ...note, sticky: !note.sticky };
    default:
      return null;
  }
}

/** The note with typed or pasted text at the cursor; line breaks become blanks, the rest is cut at the limit. */
export function insertInNote(note: NoteOverlay, raw: string): NoteOverlay {
  const room = noteLimit - note.text.length;
  const text = raw.replace(/[\r\n\t]+/g, ' ').slice(0, room);
  return {
    ...note,
    text: note.text.slice(0, note.cursor) + text + note.text.slice(note.cursor),
    cursor: note.cursor + text.length,
  };
}

function stepBack(text: string, at: number): number {
  if (at === 0) return 0;
  return at > 1 && /[\udc00-\udfff]/.test(text[at - 1]!) ? 2 : 1;
}

function stepForward(text: string, at: number): number {
  if (at >= text.length) return 0;
  return /[\ud800-\udbff]/.test(text[at]!) ? 2 : 1;
}
