import type { Rect } from '../../layout.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { alignLeft } from '../../text/cut.ts';
import { wrapLine } from '../../text/wrap.ts';
import { overlayFrame } from '../frame.ts';

/** A box over the panes: its rows and where it lies. */
export interface OverlayBox {
  rect: Rect;
  rows: Row[];
  /** How far it scrolls, where it does. */
  most?: number;
  page?: number;
}

/** The place of a box of that size, in the middle, header and message row left in sight. */
export function place(width: number, height: number, size: Snapshot['size']): Rect {
  const w = Math.min(width, size.columns - 4);
  const h = Math.min(height, size.rows - 5);
  return {
    left: Math.floor((size.columns - w) / 2),
    top: Math.max(2, Math.floor((size.rows - h) / 2) - 1),
    width: w,
    height: h,
  };
}

/** Columns for text in a box of at most that width. */
export function columnsIn(width: number, size: Snapshot['size']): number {
  return Math.min(width, size.columns - 4) - 4;
}

/** A lettered menu: the letter, what it does, and what that costs. */
export function menuBox(
  title: string,
  aside: string,
  choices: readonly { key: string; label: string; detail: string }[],
  size: Snapshot['size'],
): OverlayBox {
  const labels = Math.max(...choices.map((c) => c.label.length), 10);
  const room = columnsIn(84, size) - labels - 6;
  const rows = choices.flatMap((c) => {
    // Beside a long label a narrow box would break the cost into single words: it stands below.
    if (room < 30)
      return [
        [
          { text: `${c.key}  `, tone: 'accent', bold: true },
          { text: c.label, tone: 'fg' },
        ] as Row,
        ...wrapLine(c.detail, columnsIn(84, size) - 3).map(
          (text): Row => [{ text: `   ${text}`, tone: 'dim' }],
        ),
      ];
    return asideRows(c, labels, room);
  });
  const rect = place(84, rows.length + 2, size);
  return {
    rect,
    rows: overlayFrame(title, aside === '' ? 'Esc closes' : `${aside} · Esc closes`, rows, rect),
  };
}

function asideRows(c: { key: string; label: string; detail: string }, labels: number, room: number): Row[] {
  return (c.detail === '' ? [''] : wrapLine(c.detail, room)).map(
    (detail, i): Row => [
      { text: i === 0 ? `${c.key}  ` : '   ', tone: 'accent', bold: true },
      { text: `${alignLeft(i === 0 ? c.label : '', labels)}   `, tone: 'fg' },
      { text: detail, tone: 'dim' },
    ],
  );
}
