import { clean } from '../../../protocol/clean.ts';
import { nextUndo } from '../../selectors.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { cut } from '../../text/cut.ts';
import { wrapLine } from '../../text/wrap.ts';
import { overlayFrame } from '../frame.ts';
import { columnsIn, type OverlayBox, place } from './overlay-box.ts';

/** What undo would take back now and what that does; below it, what could be taken back after that. */
export function undoBox({ live, size }: Snapshot): OverlayBox {
  const columns = columnsIn(84, size);
  const top = nextUndo({ live });
  const rest = live.undos.filter((act) => act !== top && act.gone === undefined);
  const gone = live.undos.filter((act) => act.gone !== undefined);
  const rows: Row[] = [];
  if (!top) rows.push([{ text: 'There is nothing to undo any more.', tone: 'dim' }]);
  else {
    rows.push([{ text: cut(clean(`Undo ${top.what}?`), columns), tone: 'fg', bold: true }]);
    for (const text of wrapLine(clean(`Then ${top.effect}.`), columns)) rows.push([{ text, tone: 'fg' }]);
    rows.push(
      [],
      [
        { text: 'y', tone: 'accent', bold: true },
        { text: ' undo   ', tone: 'fg' },
        { text: 'n, Esc', tone: 'accent', bold: true },
        { text: ' leave it', tone: 'fg' },
      ],
    );
    if (rest.length > 0) rows.push([], [{ text: 'After that:', tone: 'dim' }]);
    for (const { what } of rest) rows.push([{ text: cut(clean(`  ${what}`), columns), tone: 'dim' }]);
  }
  // Why the latest act is not the one on offer.
  if (gone.length > 0) rows.push([], [{ text: 'Cannot be taken back any more:', tone: 'dim' }]);
  for (const act of gone)
    rows.push([{ text: cut(clean(`  ${act.what}: ${act.gone}`), columns), tone: 'dim' }]);
  const rect = place(84, rows.length + 2, size);
  return { rect, rows: overlayFrame('Undo', top ? 'the latest act first' : 'Esc closes', rows, rect) };
}
