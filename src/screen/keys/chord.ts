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

export type KeyEvent = Partial<Key>;

/**
 * The chords of one input event. Usually one; a held key arrives as `jjjj` in one piece and gives four.
 * Any other piece of several characters is text that was pasted or typed ahead: no chord, so it triggers nothing.
 */
export function chordsOf(input: string, key: KeyEvent): Chord[] {
  if (key.eventType === 'release') return [];
  const name = named.find(([field]) => key[field])?.[1];
  if (name) return [(key.shift && name === 'tab' ? 'shift+' : key.ctrl ? 'ctrl+' : '') + name];
  if (input === '') return [];
  if (key.ctrl) return [`ctrl+${input.toLowerCase()}`];
  const first = input[0]!;
  const chord = first === ' ' ? 'space' : first;
  if (input.length === 1) return [chord];
  return [...input].every((c) => c === first) ? Array(Math.min(input.length, 100)).fill(chord) : [];
}
