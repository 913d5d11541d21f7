import { useMemo } from 'react';
import type { Rect } from '../layout.ts';
import { RowsBox } from '../rows-box.tsx';
import { useScreen } from '../screen-context.ts';
import type { PaneId } from '../view.ts';
import type { PaneContent } from './content.ts';
import { frame, innerOf } from './frame.ts';

export interface PaneProps {
  rect: Rect;
  /** All panes of this place; the ones not shown are tabs. */
  tabs: PaneId[];
  focused: boolean;
}

/** A pane's border and content; tells the keys how far it scrolls. */
export function Framed({
  content,
  pane,
  rect,
  tabs,
  focused,
}: PaneProps & { content: PaneContent; pane: PaneId }) {
  const { extents } = useScreen();
  extents[pane] = {
    least: content.least ?? 0,
    most: content.most ?? 0,
    page: innerOf(rect).height,
    place: content.place,
    stops: content.stops,
  };
  const rows = useMemo(() => frame(content, rect, pane, tabs, focused), [content, rect, pane, tabs, focused]);
  return <RowsBox rows={rows} rect={rect} />;
}
