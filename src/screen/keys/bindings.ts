import type { Chord } from './chord.ts';
import type { CommandId } from './commands.ts';

export type Bindings = Record<CommandId, readonly Chord[]>;

/** The keys as shipped; the first one of each is the one that hints show. */
export const defaultBindings: Bindings = {
  hold: ['p'],
  'hold-now': ['P'],
  skip: ['s'],
  revert: ['r'],
  note: ['i'],
  undo: ['u'],
  stop: ['Q'],
  'previous-experiment': ['['],
  'next-experiment': [']'],
  back: ['esc'],
  down: ['j', 'down'],
  up: ['k', 'up'],
  'page-down': ['pagedown', 'ctrl+d', 'space'],
  'page-up': ['pageup', 'ctrl+u', 'b'],
  top: ['g', 'home'],
  bottom: ['G', 'end'],
  'focus-next': ['tab'],
  'focus-previous': ['shift+tab'],
  'focus-1': ['1'],
  'focus-2': ['2'],
  'focus-3': ['3'],
  'focus-4': ['4'],
  'focus-5': ['5'],
  'focus-6': ['6'],
  'focus-7': ['7'],
  zoom: ['f', 'enter'],
  help: ['?'],
  detach: ['q'],
  interrupt: ['ctrl+c'],
  redraw: ['ctrl+l'],
};

/** The command of a key, or null. */
export function commandFor(chord: Chord, bindings: Bindings = defaultBindings): CommandId | null {
  for (const [id, chords] of Object.entries(bindings) as [CommandId, readonly Chord[]][])
    if (chords.includes(chord)) return id;
  return null;
}

/** The key to show for a command; empty when it has none. */
export function keyOf(id: CommandId, bindings: Bindings = defaultBindings): string {
  const chord = bindings[id][0];
  return chord === undefined ? '' : chordLabel(chord);
}

const labels: Record<string, string> = {
  esc: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  space: 'Space',
  up: '↑',
  down: '↓',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
};

/** A chord as people write it: `Ctrl-L`, `Shift-Tab`. */
export function chordLabel(chord: Chord): string {
  const parts = chord.split('+');
  if (parts.length === 1 || chord === '+') return labels[chord] ?? chord;
  const key = parts.pop()!;
  const mods = parts.map((mod) => mod[0]!.toUpperCase() + mod.slice(1));
  return [...mods, labels[key] ?? key.toUpperCase()].join('-');
}
