import {
  type AnsiCode,
  ansiCodesToString,
  diffAnsiCodes,
  reduceAnsiCodes,
  tokenize,
} from '@alcalzone/ansi-tokenize';
import { clean, isUnsafe } from '../protocol/clean.ts';
import type { Row, Span } from './spans.ts';
import { toAscii } from './text/ascii.ts';
import { asciiRow } from './text/ascii-row.ts';
import { cut, width } from './text/cut.ts';
import type { Palette } from './theme/palette.ts';

/**
 * A row as one string of at most `columns` columns, with escape codes.
 * Everything drawn passes here, so this is also the last guard: no control character of a span survives.
 *
 * With `ascii` every other sign becomes its twin, here and nowhere else: no pane can forget one.
 *
 * The codes are exactly those that Ink would write after taking the row apart: it then recognises the row and takes it
 * apart once a frame instead of twice, and there are few codes to look at.
 */
export function paintRow(row: Row, columns: number, palette: Palette, ascii = false): string {
  let out = '';
  let left = columns;
  let style = '';
  for (const span of ascii ? asciiRow(row) : row) {
    if (left <= 0) break;
    const safe = isUnsafe(span.text) ? clean(span.text) : span.text;
    const text = cut(safe, left);
    if (text === '') continue;
    left -= width(text);
    const next = styleOf(span, palette);
    if (underlined.test(next)) {
      // A line under words, not under the blanks that align them, nor under what is a line itself.
      const bare = next.replace(underlined, '$1').replace(/;$/, '');
      const [, before, words, after] = /^( *)(.*?)( *)$/.exec(text)!;
      for (const [piece, pieceStyle] of [
        [before!, bare],
        [words!, drawnLine.test(words!) ? bare : next],
        [after!, bare],
      ] as const) {
        if (piece === '') continue;
        out += transition(style, pieceStyle) + (ascii ? toAscii(piece) : piece);
        style = pieceStyle;
      }
      continue;
    }
    // Colour and weight of a blank cannot be seen: no need to switch for it.
    if (next !== style && !(next === '' && blank.test(text) && !visibleOnBlank.test(style))) {
      out += transition(style, next);
      style = next;
    }
    out += ascii ? toAscii(text) : text;
  }
  return out + transition(style, '');
}

const underlined = /(^|;)4(?:;|$)/;
const blank = /^ +$/;
const drawnLine = /^[\u2500-\u257f]+$/;
// Underline, inverse, strike-through or a background.
const visibleOnBlank = /(^|;)(4|7|9|4[0-8]|10[0-7])(;|$)/;

function styleOf(span: Span, palette: Palette): string {
  let style = palette[span.tone];
  if (span.bold) style = style === '' ? '1' : `1;${style}`;
  if (span.inverse) style = style === '' ? '7' : `7;${style}`;
  return style;
}

// A screen uses some dozens of styles, so a few hundred pairs at most.
const transitions = new Map<string, string>();

/** The codes that lead from one style to the other. */
function transition(from: string, to: string): string {
  if (from === to) return '';
  const key = `${from}>${to}`;
  let codes = transitions.get(key);
  if (codes === undefined) {
    codes = ansiCodesToString(diffAnsiCodes(codesOf(from), codesOf(to)));
    transitions.set(key, codes);
  }
  return codes;
}

function codesOf(style: string): AnsiCode[] {
  if (style === '') return [];
  return reduceAnsiCodes(tokenize(`\x1b[${style}m`).filter((token) => token.type === 'ansi'));
}

/** Columns that the row takes before cutting. */
export function rowWidth(row: Row): number {
  return row.reduce((sum, span) => sum + width(span.text), 0);
}

/** Puts `right` at the end of a row of `columns`; `left` gives way when both do not fit. */
export function spread(left: Row, right: Row, columns: number): Row {
  if (right.length === 0) return cutRow(left, columns);
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
