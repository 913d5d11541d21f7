import type { PaneId } from '../view.ts';

/** A place in a column that one of several panes takes. `rows` null = what is left. */
export interface Place {
  panes: PaneId[];
  rows: number | null;
}

/** Places one under another. `columns` null = what is left. */
export interface Column {
  columns: number | null;
  places: Place[];
}

export type SizeClass = 'too-small' | 'compact' | 'tall' | 'normal' | 'wide';

/** On less than this there is no room for panes. */
export const smallest = { columns: 60, rows: 16 };

/** The least that a pane is of use with, its border included. */
export const least = { columns: 28, rows: 5 };

/** Which layout a terminal of that size gets. */
export function sizeClass(columns: number, rows: number): SizeClass {
  if (columns < smallest.columns || rows < smallest.rows) return 'too-small';
  if (columns < 100 && rows >= 46) return 'tall';
  if (columns < 100 || rows < 30) return 'compact';
  if (columns >= 180 && rows >= 45) return 'wide';
  return 'normal';
}

/**
 * Where each pane stands by itself, before a user resizes anything, in a body of that size.
 * @param gpu false: the machine has none, so CPU and RAM take a few rows and the rest is for others
 */
export function arrangement(
  kind: Exclude<SizeClass, 'too-small'>,
  body: { width: number; height: number },
  gpu: boolean,
): Column[] {
  const { width, height } = body;
  switch (kind) {
    case 'compact':
      return width >= 100 ? flat(width, height) : small(height);
    case 'tall':
      return [
        {
          columns: null,
          places: [
            { panes: ['metric'], rows: Math.floor(height * 0.34) },
            { panes: ['experiments', 'gpu', 'events'], rows: Math.floor(height * 0.24) },
            { panes: ['diff', 'model'], rows: Math.floor(height * 0.25) },
            { panes: ['log'], rows: null },
          ],
        },
      ];
    case 'normal':
      return [
        {
          columns: clamp(Math.round(width * 0.47), 42, 64),
          places: [
            { panes: ['experiments'], rows: null },
            { panes: ['gpu', 'events'], rows: gpu ? clamp(Math.round(height * 0.33), 9, 13) : hostRows },
          ],
        },
        {
          columns: null,
          places: [
            { panes: ['metric'], rows: Math.round(height * 0.45) },
            { panes: ['diff', 'model'], rows: Math.round(height * 0.31) },
            { panes: ['log'], rows: null },
          ],
        },
      ];
    case 'wide':
      return [
        {
          columns: clamp(Math.round(width * 0.31), 56, 84),
          places: [
            { panes: ['experiments'], rows: null },
            { panes: ['events'], rows: Math.round(height * 0.28) },
          ],
        },
        {
          columns: null,
          places: [
            { panes: ['metric'], rows: Math.round(height * 0.5) },
            { panes: ['diff'], rows: null },
          ],
        },
        {
          columns: clamp(Math.round(width * 0.28), 54, 72),
          places: [
            { panes: ['gpu'], rows: gpu ? clamp(Math.round(height * 0.26), 11, 15) : hostRows },
            { panes: ['model'], rows: Math.round(height * 0.38) },
            { panes: ['log'], rows: null },
          ],
        },
      ];
  }
}

/** CPU, RAM, whose it is, and why there is no more; the border included. */
const hostRows = 7;

/** Narrow: the chart on top, everything else takes turns under it. */
function small(height: number): Column[] {
  const rest: PaneId[] = ['diff', 'log', 'gpu', 'events', 'model'];
  const stack = (places: Place[]): Column[] => [{ columns: null, places }];
  // With few rows the chart takes turns as well: half a chart and half a list would serve nobody.
  if (height < 17) return stack([{ panes: ['experiments', 'metric', ...rest], rows: null }]);
  if (height < 28)
    return stack([
      { panes: ['metric'], rows: Math.round(height * 0.54) },
      { panes: ['experiments', ...rest], rows: null },
    ]);
  return stack([
    { panes: ['metric'], rows: Math.round(height * 0.38) },
    { panes: ['experiments'], rows: Math.round(height * 0.26) },
    { panes: rest, rows: null },
  ]);
}

/** Wide but low: the list beside the chart. */
function flat(width: number, height: number): Column[] {
  const rest: PaneId[] = ['diff', 'log', 'gpu', 'events', 'model'];
  const side = { columns: clamp(Math.round(width * 0.4), 42, 84), places: [place(['experiments'], null)] };
  if (height < 17) return [side, { columns: null, places: [place(['metric', ...rest], null)] }];
  return [side, { columns: null, places: [place(['metric'], Math.round(height * 0.54)), place(rest, null)] }];
}

function place(panes: PaneId[], rows: number | null): Place {
  return { panes, rows };
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, value));
}
