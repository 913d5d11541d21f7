import type { Row, Span } from './spans.ts';
import { clean, isUnsafe } from './text/clean.ts';
import { cut, width } from './text/cut.ts';
import type { Palette } from './theme/palette.ts';

const reset = '\x1b[0m';

/**
 * A row as one string of exactly `columns` columns, with escape codes.
 * Everything drawn passes here, so this is also the last guard: no control character of a span survives.
 */
export function paintRow(row: Row, columns: number, palette: Palette): string {
  let out = '';
  let left = columns;
  for (const span of row) {
    if (left <= 0) break;
    const safe = isUnsafe(span.text) ? clean(span.text) : span.text;
    const text = cut(safe, left);
    if (text === '') continue;
    left -= width(text);
    const style = styleOf(span, palette);
    out += style === '' ? text : `\x1b[${style}m${text}${reset}`;
  }
  return left > 0 ? out + ' '.repeat(left) : out;
}

function styleOf(span: Span, palette: Palette): string {
  let style = palette[span.tone];
  if (span.bold) style = style === '' ? '1' : `${style};1`;
  if (span.inverse) style = style === '' ? '7' : `${style};7`;
  return style;
}

/** Columns that the row takes before cutting. */
export function rowWidth(row: Row): number {
  return row.reduce((sum, span) => sum + width(span.text), 0);
}

/** A row that is one text. */
export function line(text: string, tone: Span['tone'] = 'fg'): Row {
  return [{ text, tone }];
}

/** Puts `right` at the end of a row of `columns`; `left` gives way when both do not fit. */
export function spread(left: Row, right: Row, columns: number): Row {
  const space = columns - rowWidth(right);
  if (space <= 0) return left;
  const used = rowWidth(left);
  if (used >= space) return [...cutRow(left, space - 1), { text: ' ', tone: 'fg' }, ...right];
  return [...left, { text: ' '.repeat(space - used), tone: 'fg' }, ...right];
}

/** The row in at most `columns` columns. */
export function cutRow(row: Row, columns: number): Row {
  const out: Row = [];
  let left = columns;
  for (const span of row) {
    if (left <= 0) break;
    const text = cut(span.text, left);
    out.push({ ...span, text });
    left -= width(text);
  }
  return out;
}
