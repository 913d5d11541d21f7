import { arrangement, least, type SizeClass, sizeClass } from './arrange/arrangement.ts';
import { divide } from './arrange/divide.ts';
import type { Snapshot } from './store.ts';
import type { PaneId } from './view.ts';

export { type SizeClass, sizeClass, smallest } from './arrange/arrangement.ts';

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

export interface Layout {
  kind: SizeClass;
  header: Rect;
  slots: Slot[];
  message: Rect;
  hints: Rect;
}

/** How far a user has resized panes, in steps; a pane that shares its place counts for the place. */
export type PaneSizes = Partial<Record<PaneId, number>>;

const headerRows = 2;
/** Cells that one step of resizing adds. */
const step = { columns: 4, rows: 2 };

/**
 * The whole geometry, from nothing but the terminal's size, the zoomed pane, the user's own sizes and whether the
 * machine has a GPU: what happens in a run never moves a pane. The places cover the body exactly.
 */
export function layout(
  columns: number,
  rows: number,
  zoomed: PaneId | null = null,
  sizes: PaneSizes = {},
  gpu = true,
): Layout {
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
  return { ...frame, slots: slotsOf(kind, body, sizes, gpu) };
}

function slotsOf(kind: Exclude<SizeClass, 'too-small'>, body: Rect, sizes: PaneSizes, gpu: boolean): Slot[] {
  const columns = arrangement(kind, body, gpu);
  const stepsOf = (panes: PaneId[]) => panes.reduce((sum, pane) => sum + (sizes[pane] ?? 0), 0);
  const widths = divide(
    body.width,
    columns.map(({ columns: base, places }) => ({
      base,
      least: least.columns,
      extra: step.columns * places.reduce((sum, { panes }) => sum + stepsOf(panes), 0),
    })),
  );
  let left = body.left;
  return columns.flatMap(({ places }, i) => {
    const heights = divide(
      body.height,
      places.map(({ panes, rows: base }) => ({
        base,
        least: least.rows,
        extra: step.rows * stepsOf(panes),
      })),
    );
    let top = body.top;
    const slots = places.map(({ panes }, k) => {
      const slot = { panes, rect: { left, top, width: widths[i]!, height: heights[k]! } };
      top += heights[k]!;
      return slot;
    });
    left += widths[i]!;
    return slots;
  });
}

/** The layout of the screen as it is looked at. */
export function layoutOf(snapshot: Pick<Snapshot, 'size' | 'view' | 'live' | 'run'>): Layout {
  const { size, view } = snapshot;
  const sizes = view.sizes[sizeClass(size.columns, size.rows)];
  return layout(size.columns, size.rows, view.zoom ? view.focus : null, sizes, hasGpu(snapshot));
}

/** False once the run is known to be on a machine without a GPU. */
export function hasGpu({ run, live }: Pick<Snapshot, 'run' | 'live'>): boolean {
  return run.tag === '' || run.gpus.length > 0 || (live.gpu?.gpus.length ?? 0) > 0;
}

/** The pane that the keys act on: the focused one, or what its shared place shows instead of it. */
export function activePane(snapshot: Pick<Snapshot, 'size' | 'view' | 'live' | 'run'>): PaneId {
  const { view } = snapshot;
  const { kind, slots } = layoutOf(snapshot);
  const slot = slots.find(({ panes }) => panes.includes(view.focus));
  return slot ? shownPane(slot, view, alive(snapshot), kind) : view.focus;
}

/** What goes on, for the choice of what to show: the phase, or that the run has failed. */
export function alive({ run, live }: Pick<Snapshot, 'run' | 'live'>): string {
  return run.ended?.outcome === 'failed' ? 'failed' : live.phase.phase;
}

/**
 * The pane that a shared place shows: the focused one, else what is alive (the model while it proposes; the log of the
 * baseline, which has neither a diff nor a list yet, and of a failure), else its first.
 */
export function shownPane(
  slot: Slot,
  view: { focus: PaneId; picked: boolean },
  phase: string,
  kind: SizeClass,
): PaneId {
  const { panes } = slot;
  if (panes.length === 1) return panes[0]!;
  if (panes.includes(view.focus) && (view.picked || kind !== 'compact')) return view.focus;
  // On a small screen the list gives its place to nobody for the minutes that a model writes.
  if (phase === 'proposing' && panes.includes('model') && !panes.includes('experiments')) return 'model';
  // What is to be judged.
  if (phase === 'approving' && panes.includes('diff')) return 'diff';
  if ((phase === 'baseline' || phase === 'failed') && panes.includes('log')) return 'log';
  return panes[0]!;
}
