import type { Chord } from './chord.ts';

/** A line that is being typed, with the cursor before the character at that index. */
export interface EditedLine {
  text: string;
  cursor: number;
}

/** The line after one editing key; null when the key means nothing here. */
export function editLine<T extends EditedLine>(line: T, chord: Chord): T | null {
  const { text, cursor } = line;
  const to = (at: number): T => ({ ...line, cursor: Math.min(text.length, Math.max(0, at)) });
  const cutOut = (from: number, until: number): T => ({
    ...line,
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
    default:
      return null;
  }
}

/** The line with typed or pasted text at the cursor; line breaks become blanks, the rest is cut at `limit`. */
export function insertInLine<T extends EditedLine>(line: T, raw: string, limit: number): T {
  const room = Math.max(0, limit - line.text.length);
  const text = raw.replace(/[\r\n\t]+/g, ' ').slice(0, room);
  return {
    ...line,
    text: line.text.slice(0, line.cursor) + text + line.text.slice(line.cursor),
    cursor: line.cursor + text.length,
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
