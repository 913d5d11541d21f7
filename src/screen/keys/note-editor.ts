import type { Overlay } from '../view.ts';
import type { Chord } from './chord.ts';
import { editLine, insertInLine } from './line-editor.ts';

export type NoteOverlay = Extract<Overlay, { kind: 'note' }>;
/** Longest note, characters. */
export const noteLimit = 4000;

/** The note after one editing key; null when the key means nothing here. */
export function editNote(note: NoteOverlay, chord: Chord): NoteOverlay | null {
  if (chord === 'tab') return { ...note, sticky: !note.sticky };
  return editLine(note, chord);
}

/** The note with typed or pasted text at the cursor. */
export function insertInNote(note: NoteOverlay, raw: string): NoteOverlay {
  return insertInLine(note, raw, noteLimit);
}
