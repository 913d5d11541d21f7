import { between, noStyle, RowCells } from './row-cells.ts';

// Ink writes a changed row anew from its first changed cell to its end, with every colour it passed on the way: a digit
// in the left half costs the whole right half, and a log that moves by a line costs three times what changed. The
// bundle puts this in the place of Ink's `line-update.js`: only the cells that differ are written.

/** Cells that stayed are written again rather than jumped over when there are at most this many: a jump costs about as much. */
const jumpCells = 4;

const before = new RowCells();
const after = new RowCells();

/** The codes that turn the row `previous` on the terminal into `next`; the cursor is on it, in any column, and stays on it. */
export default function lineUpdate(
  previous: string,
  next: string | undefined,
  columns: number | undefined,
): string {
  const now = next ?? '';
  const whole = `\x1b[1G\x1b[K${now}`;
  // Columns cannot be counted where a character may be wide; a row of a strange width may have wrapped.
  if (!before.clear().write(0, previous ?? '') || !after.clear().write(0, now)) return whole;
  if (!columns || before.length > columns || after.length > columns) return whole;
  const cells = changedCells();
  return cells.length < whole.length ? cells : whole;
}

function changedCells(): string {
  let out = '';
  let style = noStyle;
  // Where the cursor stands, as far as it is known: nothing is, at first.
  let cursor = -1;
  const length = Math.max(before.length, after.length);
  for (let x = 0; x < length; x++) {
    if (stayed(x)) continue;
    // What is left of the old row: blanks to its end.
    if (x >= after.length) {
      out += between(style, noStyle);
      style = noStyle;
      out += `${x === cursor ? '' : to(x)}\x1b[K`;
      break;
    }
    const near = cursor >= 0 && x - cursor <= jumpCells && plainly(cursor, x, style);
    if (!near && x !== cursor) out += to(x);
    for (let i = near ? cursor : x; i <= x; i++) {
      out += between(style, after.styles[i]!) + String.fromCharCode(after.units[i]!);
      style = after.styles[i]!;
    }
    cursor = x + 1;
  }
  return out + between(style, noStyle);
}

/** Whether the new cells from..to-1 can be written without another colour. */
function plainly(from: number, end: number, style: number): boolean {
  for (let i = from; i < end; i++) if (after.styles[i] !== style) return false;
  return true;
}

const to = (x: number) => `\x1b[${x + 1}G`;

const blank = 0x20;

/** Whether the cell is as it was; beyond a row's end there are blanks. */
function stayed(x: number): boolean {
  const isOld = x < before.length;
  const isNew = x < after.length;
  if ((isOld ? before.units[x] : blank) !== (isNew ? after.units[x] : blank)) return false;
  const was = isOld ? before.styles[x]! : noStyle;
  const is = isNew ? after.styles[x]! : noStyle;
  return was === is || between(was, is) === '';
}
