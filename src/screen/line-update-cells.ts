import type { AnsiCode, StyledChar } from '@alcalzone/ansi-tokenize';
import { between, noStyle, styledCharsFromTokens, tokenize } from './ansi-tokenize-fast.ts';

// Ink writes a changed row anew from its first changed cell to its end, with every colour it passed on the way: a digit
// in the left half costs the whole right half, and a log that moves by a line costs three times what changed. The
// bundle puts this in the place of Ink's `line-update.js`: only the cells that differ are written.

/** Cells that stayed are written again rather than jumped over when there are at most this many: a jump costs about as much. */
const jumpCells = 4;
const blank: StyledChar = { type: 'char', value: ' ', fullWidth: false, styles: noStyle };

/** The codes that turn the row `previous` on the terminal into `next`; the cursor is on it, in any column, and stays on it. */
export default function lineUpdate(
  previous: string,
  next: string | undefined,
  columns: number | undefined,
): string {
  const now = next ?? '';
  const whole = `\x1b[1G\x1b[K${now}`;
  const before = cellsOf(previous ?? '');
  const after = cellsOf(now);
  // Columns cannot be counted where a character may be wide; a row of a strange width may have wrapped.
  if (!before || !after || !columns || before.length > columns || after.length > columns) return whole;
  const cells = changedCells(before, after);
  return cells.length < whole.length ? cells : whole;
}

function changedCells(before: StyledChar[], after: StyledChar[]): string {
  let out = '';
  let style: AnsiCode[] = noStyle;
  // Where the cursor stands, as far as it is known: nothing is, at first.
  let cursor = -1;
  const length = Math.max(before.length, after.length);
  for (let x = 0; x < length; x++) {
    if (same(before[x] ?? blank, after[x] ?? blank)) continue;
    // What is left of the old row: blanks to its end.
    if (x >= after.length) {
      out += between(style, noStyle);
      style = noStyle;
      out += `${x === cursor ? '' : to(x)}\x1b[K`;
      break;
    }
    const near = cursor >= 0 && x - cursor <= jumpCells && plainly(after, cursor, x, style);
    if (!near && x !== cursor) out += to(x);
    for (let i = near ? cursor : x; i <= x; i++) {
      const cell = after[i]!;
      const styles = cell.styles.length === 0 ? noStyle : cell.styles;
      if (styles !== style) {
        out += between(style, styles);
        style = styles;
      }
      out += cell.value;
    }
    cursor = x + 1;
  }
  return out + between(style, noStyle);
}

/** Whether the cells from..to-1 can be written without another colour. */
function plainly(cells: StyledChar[], from: number, end: number, style: AnsiCode[]): boolean {
  for (let i = from; i < end; i++) {
    const { styles } = cells[i]!;
    if (styles !== style && !(styles.length === 0 && style === noStyle)) return false;
  }
  return true;
}

const to = (x: number) => `\x1b[${x + 1}G`;

/** One column a character, or null. */
function cellsOf(row: string): StyledChar[] | null {
  const tokens = tokenize(row);
  for (const token of tokens)
    if (token.type === 'char' ? token.fullWidth || !narrow(token.value) : token.type !== 'ansi') return null;
  return styledCharsFromTokens(tokens);
}

/** Surely one column wide: neither a control, nor composed, nor outside the signs that terminals agree on. */
function narrow(value: string): boolean {
  if (value.length !== 1) return false;
  const code = value.charCodeAt(0);
  return (code >= 0x20 && code < 0x7f) || (code >= 0xa1 && code < 0x300 && code !== 0xad) || isSign(code);
}

const signs =
  /[\u2010-\u2027\u2190-\u2193\u2200-\u22ff\u2500-\u259f\u25cf\u25c6\u25b8\u25c2\u25d4\u2800-\u28ff]/;
const known = new Map<number, boolean>();
function isSign(code: number): boolean {
  let is = known.get(code);
  if (is === undefined) {
    is = signs.test(String.fromCharCode(code));
    known.set(code, is);
  }
  return is;
}

function same(a: StyledChar, b: StyledChar): boolean {
  if (a === b) return true;
  if (a.value !== b.value) return false;
  return a.styles === b.styles || between(stylesOf(a), stylesOf(b)) === '';
}

const stylesOf = ({ styles }: StyledChar) => (styles.length === 0 ? noStyle : styles);
