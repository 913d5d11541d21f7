import type { KeyEvent } from '../keys/chord.ts';

/** What one read of the keyboard holds. */
export type Read = { kind: 'key'; input: string; key: KeyEvent } | { kind: 'paste'; text: string };

const named: Readonly<Record<string, KeyEvent>> = {
  '\r': { return: true },
  '\n': { return: true },
  '\t': { tab: true },
  '\x1b[Z': { tab: true, shift: true },
  '\x7f': { backspace: true },
  '\b': { backspace: true },
  '\x1b': { escape: true },
  '\x1b[A': { upArrow: true },
  '\x1b[B': { downArrow: true },
  '\x1b[C': { rightArrow: true },
  '\x1b[D': { leftArrow: true },
  '\x1bOA': { upArrow: true },
  '\x1bOB': { downArrow: true },
  '\x1bOC': { rightArrow: true },
  '\x1bOD': { leftArrow: true },
  '\x1b[H': { home: true },
  '\x1b[F': { end: true },
  '\x1b[1~': { home: true },
  '\x1b[4~': { end: true },
  '\x1b[3~': { delete: true },
  '\x1b[5~': { pageUp: true },
  '\x1b[6~': { pageDown: true },
};
const pasted = /\x1b\[200~([\s\S]*?)(?:\x1b\[201~|$)/;
const sequence = /\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Z]|[^\x1b])?|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f\x1b]+/g;

/** Takes one read apart. Letters that came together stay together: that is a held key or a paste, and no act. */
export function readKeys(chunk: string): Read[] {
  const paste = pasted.exec(chunk);
  if (paste)
    return [
      ...readKeys(chunk.slice(0, paste.index)),
      { kind: 'paste', text: paste[1]! },
      ...readKeys(chunk.slice(paste.index + paste[0].length)),
    ];
  return (chunk.match(sequence) ?? []).flatMap((piece): Read[] => {
    const key = named[piece];
    if (key) return [{ kind: 'key', input: '', key }];
    if (piece.length === 1 && piece < ' ')
      return [{ kind: 'key', input: String.fromCharCode(piece.charCodeAt(0) + 96), key: { ctrl: true } }];
    // Esc and a letter in one read are the one and then the other.
    if (piece.length === 2 && piece.startsWith('\x1b') && piece[1] !== '[')
      return [
        { kind: 'key', input: '', key: { escape: true } },
        { kind: 'key', input: piece[1]!, key: {} },
      ];
    return piece.startsWith('\x1b') ? [] : [{ kind: 'key', input: piece, key: {} }];
  });
}
