import { type Chord, namedKeys } from './chord.ts';

// How a user writes a key in config.yaml: `P`, `ctrl+p`, `Ctrl-P`, `F5`, `PgDn`, `Shift-Tab`.

const otherNames: Record<string, string> = {
  escape: 'esc',
  return: 'enter',
  pgup: 'pageup',
  pgdn: 'pagedown',
  pgdown: 'pagedown',
  del: 'delete',
  '↑': 'up',
  '↓': 'down',
  '←': 'left',
  '→': 'right',
  ' ': 'space',
};

/** A terminal sends these for something else, or keeps them for itself. */
const taken: Record<string, string> = {
  'ctrl+h': 'terminals send it for Backspace',
  'ctrl+i': 'terminals send it for Tab',
  'ctrl+j': 'terminals send it for Enter',
  'ctrl+m': 'terminals send it for Enter',
  'ctrl+s': 'terminals stop their output on it',
  'ctrl+q': 'terminals start their output on it',
};

/** The chord that a user wrote, or why it is none. */
export function readChord(text: string): { chord: Chord } | { wrong: string } {
  if ([...text].length === 1) return { chord: otherNames[text] ?? text };
  const parts = text.trim().split(/(?<=.)[+-](?=.)/);
  const key = parts.pop()!;
  const mods = parts.map((mod) => mod.toLowerCase());
  const lower = key.toLowerCase();
  const name = otherNames[lower] ?? lower;
  const isNamed = namedKeys.has(name);
  if (!isNamed && [...key].length !== 1) return { wrong: `'${key}' is no key: ${example}` };
  const unknown = mods.find((mod) => mod !== 'ctrl' && mod !== 'shift');
  if (unknown !== undefined)
    return {
      wrong: /^(alt|meta|option|opt)$/.test(unknown)
        ? 'Alt cannot be told from Esc and a key'
        : `'${unknown}' is no modifier: ${example}`,
    };
  if (mods.length === 0) return { chord: isNamed ? name : key };
  if (mods.includes('shift')) {
    if (mods.length === 1 && name === 'tab') return { chord: 'shift+tab' };
    if (mods.length === 1 && /^[a-z]$/i.test(key)) return { chord: key.toUpperCase() };
    return { wrong: `Shift is known with Tab and letters only, not with ${key}` };
  }
  const chord = `ctrl+${isNamed ? name : lower}`;
  return taken[chord] ? { wrong: `${text} cannot be used: ${taken[chord]}` } : { chord };
}

const example = 'write a letter or sign, or for example Ctrl-P, F5, Tab, PgDn';
