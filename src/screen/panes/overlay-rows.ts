import { keyLines } from '../keys/keys-doc.ts';
import { type Choice, revertChoices, stopChoices } from '../keys/menus.ts';
import type { Rect } from '../layout.ts';
import { rowWidth } from '../paint.ts';
import type { Row } from '../spans.ts';
import type { Snapshot } from '../store.ts';
import { clean } from '../text/clean.ts';
import { alignLeft, cutStart } from '../text/cut.ts';
import { wrapLine } from '../text/wrap.ts';
import type { FindPrompt, Overlay } from '../view.ts';
import { windowed } from './content.ts';
import { overlayFrame } from './frame.ts';

/** A box over the panes: its rows and where it lies. */
export interface OverlayBox {
  rect: Rect;
  rows: Row[];
  /** How far it scrolls, where it does. */
  most?: number;
  page?: number;
}

/** The open overlay, drawn for a screen of that size. */
export function overlayBox(overlay: Overlay, snapshot: Snapshot): OverlayBox {
  switch (overlay.kind) {
    case 'help':
      return helpBox(overlay.scroll, snapshot.size);
    case 'revert':
      return menuBox('Revert', 'nothing is deleted; u undoes', revertChoices(snapshot), snapshot.size);
    case 'stop':
      return menuBox(
        'Stop the run',
        'kept commits stay; pawl resume goes on later',
        stopChoices(snapshot),
        snapshot.size,
      );
    case 'note':
      return noteBox(overlay, snapshot);
    case 'find':
      return findRow(overlay, snapshot.size);
  }
}

function place(width: number, height: number, size: Snapshot['size']): Rect {
  const w = Math.min(width, size.columns - 4);
  const h = Math.min(height, size.rows - 5);
  return {
    left: Math.floor((size.columns - w) / 2),
    top: Math.max(2, Math.floor((size.rows - h) / 2) - 1),
    width: w,
    height: h,
  };
}

function helpBox(scroll: number, size: Snapshot['size']): OverlayBox {
  const lines: Row[] = [];
  const columns = Math.min(100, size.columns - 4) - 4;
  for (const { category, lines: keys } of keyLines()) {
    if (lines.length > 0) lines.push([]);
    lines.push([{ text: category, tone: 'title', bold: true }]);
    for (const { keys: chord, about } of keys)
      wrapLine(about, columns - 21).forEach((text, i) => {
        lines.push([
          { text: `${alignLeft(i === 0 ? chord : '', 20)} `, tone: 'accent' },
          { text, tone: 'fg' },
        ]);
      });
  }
  lines.push([]);
  for (const text of wrapLine(
    'Nothing here can hurt your files: the run works in its own worktree.',
    columns,
  ))
    lines.push([{ text, tone: 'dim' }]);
  const rect = place(columns + 4, lines.length + 2, size);
  const { rows, most } = windowed(lines, scroll, rect.height - 2);
  const aside =
    most > 0 ? `${Math.min(scroll, most) + rect.height - 2} of ${lines.length}, j k scroll` : 'Esc closes';
  return { rect, rows: overlayFrame('Keys', aside, rows, rect), most, page: rect.height - 2 };
}

function menuBox(title: string, aside: string, choices: Choice[], size: Snapshot['size']): OverlayBox {
  const labels = Math.max(...choices.map((c) => c.label.length), 10);
  const rows = choices.map(
    (c): Row => [
      { text: `${c.key}  `, tone: 'accent', bold: true },
      { text: `${alignLeft(c.label, labels)}   `, tone: 'fg' },
      { text: c.detail, tone: 'dim' },
    ],
  );
  const rect = place(84, rows.length + 2, size);
  return { rect, rows: overlayFrame(title, `${aside} · Esc closes`, rows, rect) };
}

// One line in the message row: what it finds must stay in sight.
function findRow(prompt: FindPrompt, size: Snapshot['size']): OverlayBox {
  const rect = { left: 0, top: size.rows - 2, width: size.columns, height: 1 };
  const head = cutStart(prompt.text.slice(0, prompt.cursor), size.columns - 24);
  const row: Row = [
    { text: ' / ', tone: 'accent', bold: true },
    { text: `${head}▏${prompt.text.slice(prompt.cursor)}`, tone: 'fg' },
  ];
  if (prompt.text === '') row.push({ text: ` ${findHint}`, tone: 'dim' });
  const fill = Math.max(0, size.columns - rowWidth(row));
  return { rect, rows: [[...row, { text: ' '.repeat(fill), tone: 'fg' }]] };
}

const findHint = 'kept, crashed, provisional, tuner, Δ<0, #12, or any text';

function noteBox(note: Extract<Overlay, { kind: 'note' }>, { size, run }: Snapshot): OverlayBox {
  const width = Math.min(84, size.columns - 4) - 4;
  // The cursor is a cell of its own colour: no terminal cursor to lose track of.
  const mark = '\u0001';
  const text = `${clean(note.text.slice(0, note.cursor))}${mark}${clean(note.text.slice(note.cursor))} `;
  const lines = wrapLine(text.replace(mark, '▏'), width - 2);
  const active = run.notes.filter((n) => n.sticky && !n.withdrawn).length;
  const shown = lines.slice(-Math.max(1, size.rows - 10));
  const rows: Row[] = shown.map((line, i) => [
    { text: i === 0 ? '› ' : '  ', tone: 'accent' },
    { text: line, tone: 'fg' },
  ]);
  const reader: Row =
    run.proposer?.kind === 'tuner'
      ? [{ text: '! the tuner does not read notes; a model would', tone: 'warn' }]
      : [
          {
            text: note.sticky ? '● every proposal from now on reads it' : '● the next proposal reads it',
            tone: 'live',
          },
        ];
  rows.push(
    [],
    [
      ...reader,
      { text: `   Tab: ${note.sticky ? 'only once' : 'keep it'}`, tone: 'dim' },
      { text: active > 0 ? `   ${active} sticky active` : '', tone: 'dim' },
    ],
  );
  const rect = place(84, rows.length + 2, size);
  return {
    rect,
    rows: overlayFrame('Note to the proposer', note.sticky ? 'sticky' : 'one-shot', rows, rect),
  };
}
