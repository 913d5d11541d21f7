import type { Key } from 'ink';

/** A key press by name: `p`, `P`, `tab`, `shift+tab`, `ctrl+l`, `esc`. */
export type Chord = string;

const named: [keyof Key, string][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Names of keys that are no letter or sign. */
export const namedKeys: ReadonlySet<string> = new Set([
  ...named.map(([, name]) => name),
  'space',
  ...Array.from({ length: 12 }, (_, i) => `f${i + 1}`),
]);

/** A key press as Ink tells it; function keys, which Ink swallows, are told by their number. */
export type KeyEvent = Partial<Key> & { f?: number };

/** The number of a function key from what the terminal has sent, or null. */
export function functionKey(sequence: string): number | null {
  const ss3 = /^\x1b(?:O|\[\[?)([P-S])$/.exec(sequence);
  if (ss3) return 'PQRS'.indexOf(ss3[1]!) + 1;
  const csi = /^\x1b\[(\d\d)~$/.exec(sequence);
  const at = csi ? [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].indexOf(Number(csi[1])) : -1;
  return at < 0 ? null : at + 1;
}

/**
 * The chords of one input event. Usually one; a held key arrives as `jjjj` in one piece and gives four.
 * Any other piece of several characters is text that was pasted or typed ahead: no chord, so it triggers nothing.
 */
export function chordsOf(input: string, key: KeyEvent): Chord[] {
  if (key.eventType === 'release') return [];
  if (key.f !== undefined) return [`f${key.f}`];
  const name = named.find(([field]) => key[field])?.[1];
  if (name) return [(key.shift && name === 'tab' ? 'shift+' : key.ctrl ? 'ctrl+' : '') + name];
  if (input === '') return [];
  if (key.ctrl) return [`ctrl+${input.toLowerCase()}`];
  const first = input[0]!;
  const chord = first === ' ' ? 'space' : first;
  if (input.length === 1) return [chord];
  return [...input].every((c) => c === first) ? Array(Math.min(input.length, 100)).fill(chord) : [];
}
