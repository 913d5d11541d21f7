import type { Snapshot } from './store.ts';
import type { PaneId } from './view.ts';

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A place on the screen that one of several panes takes; the others are tabs in its title. */
export interface Slot {
  panes: PaneId[];
  rect: Rect;
}

export type SizeClass = 'too-small' | 'compact' | 'tall' | 'normal' | 'wide';

export interface Layout {
  kind: SizeClass;
  header: Rect;
  slots: Slot[];
  message: Rect;
  hints: Rect;
}

export const smallest = { columns: 60, rows: 16 };
const headerRows = 2;

/** Which layout a terminal of that size gets. */
export function sizeClass(columns: number, rows: number): SizeClass {
  if (columns < smallest.columns || rows < smallest.rows) return 'too-small';
  if (columns <= 84 && rows >= 46) return 'tall';
  if (columns < 100 || rows < 30) return 'compact';
  if (columns >= 180 && rows >= 45) return 'wide';
  return 'normal';
}

/**
 * The whole geometry, from nothing but the terminal's size and the zoomed pane: what happens in a run never moves a pane.
 */
export function layout(columns: number, rows: number, zoomed: PaneId | null = null): Layout {
  const kind = sizeClass(columns, rows);
  const frame = {
    kind,
    header: { left: 0, top: 0, width: columns, height: headerRows },
    message: { left: 0, top: rows - 2, width: columns, height: 1 },
    hints: { left: 0, top: rows - 1, width: columns, height: 1 },
  };
  if (kind === 'too-small') return { ...frame, slots: [] };
  const body = { left: 0, top: headerRows, width: columns, height: rows - headerRows - 2 };
  if (zoomed) return { ...frame, slots: [{ panes: [zoomed], rect: body }] };
  return { ...frame, slots: slotsFor(kind, body) };
}

function slotsFor(kind: Exclude<SizeClass, 'too-small'>, body: Rect): Slot[] {
  switch (kind) {
    case 'compact': {
      const tabs: PaneId[] = ['experiments', 'diff', 'log', 'gpu', 'events', 'model'];
      // With few rows the chart is a tab as well: half a chart and half a log would serve nobody.
      if (body.height < 18) return [{ panes: ['experiments', 'metric', ...tabs.slice(1)], rect: body }];
      const chart = body.height < 22 ? 8 : Math.min(11, Math.floor(body.height * 0.42));
      return stack(body, [
        [['metric'], chart],
        [tabs, null],
      ]);
    }
    case 'tall':
      return stack(body, [
        [['metric'], Math.floor(body.height * 0.3)],
        [['experiments', 'gpu', 'events'], Math.floor(body.height * 0.24)],
        [['diff', 'model'], Math.floor(body.height * 0.24)],
        [['log'], null],
      ]);
    case 'normal': {
      const side = clamp(Math.round(body.width * 0.4), 40, 58);
      const [left, right] = columnsOf(body, [side, null]);
      return [
        ...stack(left!, [
          [['experiments'], null],
          [['gpu', 'events'], clamp(Math.round(body.height * 0.33), 9, 13)],
        ]),
        ...stack(right!, [
          [['metric'], Math.round(body.height * 0.42)],
          [['diff', 'model'], Math.round(body.height * 0.31)],
          [['log'], null],
        ]),
      ];
    }
    case 'wide': {
      const side = clamp(Math.round(body.width * 0.28), 50, 64);
      const end = clamp(Math.round(body.width * 0.29), 54, 66);
      const [left, middle, right] = columnsOf(body, [side, null, end]);
      return [
        ...stack(left!, [
          [['experiments'], null],
          [['events'], Math.round(body.height * 0.3)],
        ]),
        ...stack(middle!, [
          [['metric'], Math.round(body.height * 0.48)],
          [['diff'], null],
        ]),
        ...stack(right!, [
          [['gpu'], clamp(Math.round(body.height * 0.26), 11, 15)],
          [['model'], Math.round(body.height * 0.36)],
          [['log'], null],
        ]),
      ];
    }
  }
}

/** Cuts a rectangle into rows; the part without a height takes what is left. */
function stack(rect: Rect, parts: [PaneId[], number | null][]): Slot[] {
  const sizes = share(
    rect.height,
    parts.map(([, size]) => size),
  );
  let top = rect.top;
  return parts.map(([panes], i) => {
    const slot = { panes, rect: { ...rect, top, height: sizes[i]! } };
    top += sizes[i]!;
    return slot;
  });
}

function columnsOf(rect: Rect, widths: (number | null)[]): Rect[] {
  const sizes = share(rect.width, widths);
  let left = rect.left;
  return sizes.map((width) => {
    const part = { ...rect, left, width };
    left += width;
    return part;
  });
}

function share(total: number, sizes: (number | null)[]): number[] {
  const used = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return sizes.map((size) => size ?? total - used);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The pane that the keys act on: the focused one, or what its shared place shows instead of it. */
export function activePane({ size, view, live }: Pick<Snapshot, 'size' | 'view' | 'live'>): PaneId {
  const { kind, slots } = layout(size.columns, size.rows, view.zoom ? view.focus : null);
  const slot = slots.find(({ panes }) => panes.includes(view.focus));
  return slot ? shownPane(slot, view, live.phase.phase, kind) : view.focus;
}

/** The pane that a shared place shows: the focused one, else what is alive (the model while it proposes, then the log). */
export function shownPane(
  slot: Slot,
  view: { focus: PaneId; picked: boolean },
  phase: string,
  kind: SizeClass,
): PaneId {
  const { panes } = slot;
  if (panes.length === 1) return panes[0]!;
  if (panes.includes(view.focus) && (view.picked || kind !== 'compact')) return view.focus;
  if (phase === 'proposing' && panes.includes('model')) return 'model';
  if (kind === 'compact' && (phase === 'training' || phase === 'baseline')) return 'log';
  return panes[0]!;
}
