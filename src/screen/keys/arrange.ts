import { activePane, layoutOf, sizeClass } from '../layout.ts';
import { paneNames } from '../pane-names.ts';
import type { ScreenStore, Snapshot } from '../store.ts';

/**
 * The focused pane gets larger (+1) or smaller (-1), at the cost of its neighbours. Returns why it does not, or null.
 */
export function resizePane(store: ScreenStore, by: 1 | -1): string | null {
  const snapshot = store.current();
  const { view, size } = snapshot;
  if (view.zoom) return 'the pane has the whole screen already';
  const kind = sizeClass(size.columns, size.rows);
  const pane = activePane(snapshot);
  const slot = layoutOf(snapshot).slots.find(({ panes }) => panes.includes(pane));
  if (!slot) return 'there is no pane at this size';
  // Panes that share a place share its size.
  const owner = slot.panes[0]!;
  const sizes = { ...view.sizes[kind], [owner]: (view.sizes[kind]?.[owner] ?? 0) + by };
  const changed = { ...view, sizes: { ...view.sizes, [kind]: sizes } };
  if (sameRects(snapshot, { ...snapshot, view: changed }))
    return `${paneNames[pane]} cannot get ${by > 0 ? 'larger' : 'smaller'}`;
  store.look({ sizes: changed.sizes });
  return null;
}

/** All panes as large as they were made, at this size of terminal. Returns why nothing changes, or null. */
export function resetSizes(store: ScreenStore): string | null {
  const { view, size } = store.current();
  const kind = sizeClass(size.columns, size.rows);
  if (!view.sizes[kind]) return 'no pane has been resized';
  const sizes = { ...view.sizes };
  delete sizes[kind];
  store.look({ sizes });
  return null;
}

function sameRects(a: Snapshot, b: Snapshot): boolean {
  const [before, after] = [layoutOf(a).slots, layoutOf(b).slots];
  return before.every(({ rect }, i) => {
    const other = after[i]!.rect;
    return rect.width === other.width && rect.height === other.height;
  });
}
