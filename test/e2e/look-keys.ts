import type { Chord } from '../../src/screen/keys/chord.ts';
import type { CommandId } from '../../src/screen/keys/commands.ts';

// Every key that only looks, as a table: what is pressed, and what must be on the screen then that was not there
// before. One sequence is one screen on the same run; its steps build on each other.

/** A key of the registry, and what it must do. */
export interface KeyStep {
  id: CommandId;
  chord: Chord;
  /** On the screen afterwards, and not before. */
  shows: (screen: string, before: string) => boolean;
}

/** Keys that only lead somewhere, as `pty.press` takes them, and what must be seen then. */
export interface Way {
  keys: string;
  until: RegExp | ((screen: string) => boolean);
}

export interface Sequence {
  title: string;
  size?: [columns: number, rows: number];
  steps: (KeyStep | Way)[];
}

const step = (id: CommandId, chord: Chord, shows: KeyStep['shows'] | RegExp): KeyStep => ({
  id,
  chord,
  shows: shows instanceof RegExp ? (screen) => shows.test(screen) : shows,
});
const way = (keys: string, until: Way['until']): Way => ({ keys, until });
const gone = (pattern: RegExp) => (screen: string, before: string) =>
  pattern.test(before) && !pattern.test(screen);

const without = (pattern: RegExp) => (screen: string) => !pattern.test(screen);

const lastLine = (screen: string) => Number([...screen.matchAll(/\bline (\d{4})/g)].at(-1)?.[1]);
const movedBy = (least: number, most: number) => (screen: string, before: string) => {
  const by = lastLine(screen) - lastLine(before);
  return by >= least && by <= most;
};
const focused = (pane: number) => new RegExp(`━\\[${pane}\\]|┏\\S*\\[${pane}\\]`);
const zoomed = (screen: string) => !screen.includes('[1] Experiments') && screen.includes('[4] Log');
/** Rows of the Log pane, from its title to its bottom. */
const logRows = (screen: string) => {
  const rows = screen.split('\n');
  const top = rows.findIndex((row) => row.includes('[4] Log'));
  const at = rows[top]?.indexOf('[4] Log') ?? 0;
  const bottom = rows.findIndex((row, y) => y > top && /[━─]/.test(row[at] ?? ''));
  return bottom - top;
};

/** What a zoomed pane shows. */
const top = (screen: string) => screen.split('\n').slice(3, 16).join('\n');

export const sequences: Sequence[] = [
  {
    title: 'focus and size of panes',
    steps: [
      step('focus-next', 'tab', focused(2)),
      step('focus-previous', 'shift+tab', focused(1)),
      step('focus-2', '2', focused(2)),
      step('focus-1', '1', focused(1)),
      step('focus-3', '3', focused(3)),
      step('focus-5', '5', focused(5)),
      step('focus-6', '6', focused(6)),
      step('focus-7', '7', focused(7)),
      step('focus-4', '4', focused(4)),
      step('grow', '+', (now, before) => logRows(now) > logRows(before)),
      step('shrink', '_', (now, before) => logRows(now) < logRows(before)),
      step('shrink', '-', (now, before) => logRows(now) < logRows(before)),
      step('reset-sizes', '=', (now, before) => logRows(now) > logRows(before)),
      step('zoom', 'f', zoomed),
      step('zoom', 'enter', (now) => !zoomed(now)),
    ],
  },
  {
    title: 'the log: moving',
    steps: [
      way('4', focused(4)),
      way('f', zoomed),
      step('top', 'g', /line 0001/),
      step('down', 'j', movedBy(1, 1)),
      step('down', 'down', movedBy(1, 1)),
      step('page-down', 'pagedown', movedBy(10, 40)),
      step('page-down', 'ctrl+d', movedBy(10, 40)),
      step('page-down', 'space', movedBy(10, 40)),
      step('page-up', 'pageup', movedBy(-40, -10)),
      step('page-up', 'ctrl+u', movedBy(-40, -10)),
      step('page-up', 'b', movedBy(-40, -10)),
      step('up', 'k', movedBy(-1, -1)),
      step('up', 'up', movedBy(-1, -1)),
      step('bottom', 'G', /FOLLOW/),
      step('top', 'home', /line 0001/),
      step('bottom', 'end', /FOLLOW/),
      way('k', /reading|at the end/),
      step('follow', 'F', /FOLLOW/),
    ],
  },
  {
    title: 'the log: reading',
    steps: [
      way('4', focused(4)),
      way('f', zoomed),
      way('g', /line 0001/),
      step('right', 'l', gone(/line 0001/)),
      step('left', 'h', /line 0001/),
      step('right', 'right', gone(/line 0001/)),
      step('left', 'left', /line 0001/),
      step('wrap', 'w', /the end of a long line/),
      step('wrap', 'w', gone(/the end of a long line/)),
      step('timestamps', 't', /times at which lines came/),
      way('t', /┃ {2}line 0002/),
      step('next-mark', '}', /›.*Error: shapes A/),
      step('next-mark', '}', /›.*Error: shapes B/),
      step('previous-mark', '{', /›.*Error: shapes A/),
      step('search', '/', /text to find/),
      way('shapes', /\/shapes/),
      way('<enter>', without(/Enter find/)),
      step('search-next', 'n', /›.*Error: shapes B/),
      step('search-previous', 'N', /›.*Error: shapes A/),
      step('filter-lines', '&', /text that lines must have/),
      way('shapes', /shapes/),
      way('<enter>', /& shapes: 2 of/),
      way('&', /Enter filter/),
      way('<ctrl-u>', /Enter show all lines/),
      way('<enter>', /line 01/),
    ],
  },
  {
    title: 'experiments, their trials and their list',
    steps: [
      step('previous-experiment', '[', /viewing #2/),
      way('[', /viewing #1/),
      step('next-experiment', ']', /viewing #2/),
      step('back', 'esc', gone(/viewing/)),
      way('1', focused(1)),
      step('find', '/', /kept, crashed, provisional/),
      way('kept', (screen) => !screen.includes('2 ·')),
      way('<esc>', /2 ·/),
      way('[[', /viewing #1/),
      way('[', /viewing the baseline|viewing #0/),
      way('4', focused(4)),
      step('previous-trial', '(', /trial 2 of 3/),
      step('next-trial', ')', /trial 3 of 3/),
    ],
  },
  {
    title: 'the diff',
    steps: [
      way('[', /viewing #2/),
      way('3', focused(3)),
      way('f', /DROPOUT = 0\.9/),
      step('split', '|', (now) => /LEARNING_RATE.*LEARNING_RATE/.test(now)),
      way('|', /DROPOUT = 0\.9/),
      step('against', 'c', /Diff #2 on the baseline/),
    ],
  },
  {
    title: 'the diff: moving',
    size: [100, 24],
    steps: [
      way('[', /viewing #2/),
      way('3', focused(3)),
      way('f', (screen) => /LEARNING_RATE = 0\.034/.test(screen) && !screen.includes('Experiments')),
      step('next-mark', '}', (now, before) => top(now) !== top(before)),
      step('next-mark', '}', (now, before) => top(now) !== top(before)),
      step('previous-mark', '{', (now, before) => top(now) !== top(before)),
      step('search', '/', /text to find/),
      way('DROPOUT =', /\/DROPOUT =/),
      way('<enter>', without(/Enter find/)),
      step('search-next', 'n', (now, before) => top(now) !== top(before) || /no later match/.test(now)),
      step('wrap', 'w', /EIGHT_DECAY \}\)/),
    ],
  },
  {
    title: 'the chart',
    steps: [
      step('chart-scale', 'L', /logarithmic axis/),
      step('chart-scale', 'L', /linear axis/),
      step('chart-axis', 'x', /experiments by time/),
      step('chart-axis', 'x', /experiments by number/),
      step('chart-metric', 'M', /chart of (?!val_loss)/),
    ],
  },
  {
    title: 'the screen itself',
    steps: [
      step('help', '?', /Steer the run/),
      way('<esc>', without(/Steer the run|Commands|Briefing/)),
      step('help', 'f1', /Steer the run/),
      way('<esc>', without(/Steer the run|Commands|Briefing/)),
      step('next-theme', 'T', /theme/),
      step('shot', 'S', /\.svg/),
      step('palette', ':', /Commands/),
      way('<esc>', without(/Steer the run|Commands|Briefing/)),
      step('palette', 'ctrl+p', /Commands/),
      way('<esc>', without(/Steer the run|Commands|Briefing/)),
      step('briefing', 'B', /Briefing/),
      way('<esc>', without(/Steer the run|Commands|Briefing/)),
      way('7', focused(7)),
      step('thinking', 't', gone(/what could help/)),
      step('thinking', 't', /what could help/),
    ],
  },
];
