import type { PaneId } from '../view.ts';
import type { Chord } from './chord.ts';
import { type CommandId, commandIds, commandInfo } from './commands.ts';

export type Bindings = Record<CommandId, readonly Chord[]>;

/** The keys as shipped; the first one of each is the one that hints show. */
export const defaultBindings: Bindings = {
  hold: ['p'],
  'hold-now': ['P'],
  skip: ['s'],
  revert: ['r'],
  note: ['i'],
  notes: ['I'],
  verdict: ['v'],
  mode: ['a'],
  'approve-run': ['y'],
  'approve-reject': ['n'],
  'approve-edit': ['e'],
  'approve-note': ['i'],
  undo: ['u', 'z'],
  stop: ['Q'],
  'previous-experiment': ['['],
  'next-experiment': [']'],
  back: ['esc'],
  briefing: ['B'],
  find: ['/'],
  'chart-scale': ['L'],
  'chart-axis': ['x'],
  'chart-metric': ['M'],
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
  grow: ['+'],
  shrink: ['_', '-'],
  'reset-sizes': ['='],
  search: ['/'],
  'search-next': ['n'],
  'search-previous': ['N'],
  'filter-lines': ['&'],
  follow: ['F'],
  wrap: ['w'],
  timestamps: ['t'],
  'next-mark': ['}'],
  'previous-mark': ['{'],
  'next-trial': [')'],
  'previous-trial': ['('],
  right: ['l', 'right'],
  left: ['h', 'left'],
  split: ['|'],
  against: ['c'],
  thinking: ['t'],
  help: ['?', 'f1'],
  detach: ['q'],
  interrupt: ['ctrl+c'],
  'next-theme': ['T'],
  shot: ['S'],
  palette: [':', 'ctrl+p'],
  editor: ['e'],
  pager: ['o'],
  copy: ['y'],
  suspend: ['ctrl+z'],
  redraw: ['ctrl+l'],
};

let own: Bindings = defaultBindings;

/** The keys in force: as shipped, or as the user has set them. */
export const bindings = (): Bindings => own;

/** Puts the user's keys in force: once, before the screen draws its first hint. */
export function putInForce(chosen: Bindings): void {
  own = chosen;
}

/** Where a key is pressed: the focused pane, and whether a proposal waits for a yes. */
export interface Place {
  pane?: PaneId;
  approving?: boolean;
}

/** The command of a key, or null: what waits for an answer first, then the focused pane's own, then everywhere's. */
export function commandFor(chord: Chord, place: Place = {}, from: Bindings = own): CommandId | null {
  const named = commandIds.filter((id) => from[id].includes(chord));
  const ranked = [
    (id: CommandId) => place.approving === true && commandInfo(id).approving === true,
    (id: CommandId) => place.pane !== undefined && commandInfo(id).in?.includes(place.pane) === true,
    (id: CommandId) => !commandInfo(id).in && !commandInfo(id).approving,
  ];
  for (const fits of ranked) {
    const id = named.find(fits);
    if (id) return id;
  }
  return null;
}

/** Whether two commands could be meant by one key at the same place. */
export function sharePlace(a: CommandId, b: CommandId): boolean {
  const [x, y] = [commandInfo(a), commandInfo(b)];
  if (x.approving || y.approving) return x.approving === y.approving;
  if (x.in && y.in) return x.in.some((pane) => y.in!.includes(pane));
  return !x.in && !y.in;
}

/** The key to show for a command; empty when it has none. */
export function keyOf(id: CommandId, from: Bindings = own): string {
  const chord = from[id][0];
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
  if (parts.length === 1 || chord === '+')
    return labels[chord] ?? (/^f\d+$/.test(chord) ? chord.toUpperCase() : chord);
  const key = parts.pop()!;
  const mods = parts.map((mod) => mod[0]!.toUpperCase() + mod.slice(1));
  return [...mods, labels[key] ?? key.toUpperCase()].join('-');
}
