import { clean } from '../../protocol/clean.ts';
import { smallest } from '../layout.ts';
import { bestAndBaseline } from '../selectors.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { number } from '../text/format.ts';
import { wrapLine } from '../text/wrap.ts';
import { boxHints } from './box-hints.ts';
import { badge } from './header-rows.ts';
import { messageRow } from './message-row.ts';

/** A terminal too small for panes still says what the run does, and every key still works. */
export function tooSmallRows(snapshot: Snapshot): Row[] {
  const { run, size, view } = snapshot;
  const mark = badge(snapshot);
  const { best } = bestAndBaseline(run);
  const all: Row[] = [
    [
      { text: ` ${mark.glyph} ${mark.word}`, tone: mark.tone, bold: true },
      { text: run.current ? ` #${run.current}` : '', tone: 'title' },
      { text: best === null ? '' : `  best ${number(best)}`, tone: 'kept' },
    ],
    [
      {
        text: ` ${size.columns}x${size.rows} here, ${smallest.columns}x${smallest.rows} needed`,
        tone: 'dim',
      },
    ],
  ];
  // There is room below, so the question stands whole.
  if (view.confirm) {
    for (const text of wrapLine(clean(view.confirm.question), size.columns - 2))
      all.push([{ text: ` ${text}`, tone: 'warn' }]);
    all.push(
      boxHints({ ...snapshot, view: { ...view, confirm: { ...view.confirm, question: '' } } }, size.columns)!,
    );
  } else if (view.toast) all.push(messageRow(snapshot));
  all.push([{ text: ' The run does not care. q leaves.', tone: 'dim' }]);
  return all.slice(0, size.rows);
}
