import { rowWidth } from '../paint.ts';
import type { Row, Span } from '../spans.ts';
import { cut, width } from '../text/cut.ts';
import { wrapLine } from '../text/wrap.ts';

/** What a pane draws inside its border. */
export interface PaneContent {
  /** Follows the pane's name in the title. */
  title?: string;
  /** At the right of the top border. */
  aside?: string;
  /** At the right of the bottom border. */
  foot?: string;
  rows: Row[];
  /** Rows that can be scrolled away, where the pane scrolls. */
  most?: number;
  /** For a pane of numbered lines: the first and last in sight, and where so many lines further lie; null = the end. */
  place?: { first: number; last: number; moved(by: number): number | null };
  /** Where `{ }` and `n N` stop, as far scrolled as they ask for. */
  stops?: { marks: number[]; found: number[] };
  /** How far it scrolls the other way, where it does not rest at its start; 0 or less. */
  least?: number;
}

/** Place for content: the border and one blank column at each side are taken off. */
export interface Inner {
  width: number;
  height: number;
}

/** A pane that has nothing to show says what will come, why it is not there, and what helps. */
export function empty(inner: Inner, headline: string, more: string[] = []): Row[] {
  const rows: Row[] = wrapLine(headline, inner.width).map((text) => [{ text, tone: 'fg' }]);
  for (const text of more)
    for (const piece of wrapLine(text, inner.width)) rows.push([{ text: piece, tone: 'dim' }]);
  return rows.slice(0, inner.height);
}

/** A wrapped paragraph in one tone, at most `most` rows, the last one with an ellipsis when there is more. */
export function paragraph(text: string, columns: number, tone: Span['tone'], most: number): Row[] {
  const lines = wrapLine(text, columns);
  const rows = lines.slice(0, most);
  if (lines.length > most && most > 0) rows[most - 1] = cut(`${rows[most - 1]} …`, columns);
  return rows.map((line) => [{ text: line, tone }]);
}

/** Words separated by a dim bar, as many from the left as fit. */
export function barred(parts: Row[], columns: number): Row {
  const out: Row = [];
  for (const part of parts) {
    const gap = out.length === 0 ? 0 : 3;
    if (rowWidth(out) + gap + rowWidth(part) > columns) break;
    if (gap > 0) out.push({ text: ' │ ', tone: 'border' });
    out.push(...part);
  }
  return out;
}

/** Keeps the part of the rows that is in sight. */
export function windowed(rows: Row[], scroll: number, height: number): { rows: Row[]; most: number } {
  const most = Math.max(0, rows.length - height);
  const from = Math.min(scroll, most);
  return { rows: rows.slice(from, from + height), most };
}

/** `label` in a fixed column, then the value: for small tables. */
export function labelled(label: string, columns: number, value: Row): Row {
  return [{ text: label + ' '.repeat(Math.max(0, columns - width(label))), tone: 'dim' }, ...value];
}
