import type { RunState } from '../../journal/state.ts';
import { happenings } from '../events.ts';
import { empty, type Inner, type PaneContent, windowed } from './content.ts';

/** What happened, newest first. */
export function eventsContent(run: RunState, scroll: number, inner: Inner): PaneContent {
  const all = happenings(run);
  if (all.length === 0) return { rows: empty(inner, 'Nothing has happened yet.') };
  const { rows, most } = windowed(
    all.map((h) => h.row),
    scroll,
    inner.height,
  );
  return { rows, most };
}
