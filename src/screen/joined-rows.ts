import stringWidth from 'string-width';
import { styledCharsFromTokens, styledCharsToString, tokenize } from './ansi-tokenize-fast.ts';
import { noStyle, RowCells } from './row-cells.ts';

// Ink draws a frame into a grid of cells, each an object, and makes rows of them again: half of a frame's CPU, and two
// thirds of what it leaves behind for the garbage collector. Our rows do not overlap, as long as no box lies over the
// panes, so putting texts beside each other is enough. The bundle makes Ink ask here first (scripts/build.mjs).

/** One entry of what Ink was asked to draw. */
export type Operation =
  | {
      type: 'write';
      x: number;
      y: number;
      text: string;
      transformers: readonly ((line: string, index: number) => string)[];
    }
  | { type: 'clip' }
  | { type: 'unclip' };

interface Piece {
  x: number;
  text: string;
  width: number;
}

/** What Ink's own grid would make of these operations, or null where they are more than texts beside or over each other. */
export function joinRows(
  operations: readonly Operation[],
  height: number,
): { output: string; height: number } | null {
  const rows: Piece[][] = Array.from({ length: height }, () => []);
  for (const operation of operations) {
    if (operation.type !== 'write' || operation.x < 0 || operation.text.includes('\n')) return null;
    const { x, y, transformers } = operation;
    let { text } = operation;
    for (const transform of transformers) text = transform(text, 0);
    const drawn = drawnAs(text);
    if (drawn.width > 0) rows[y]?.push({ x, ...drawn });
  }
  const lines: string[] = [];
  for (const pieces of rows) {
    const line = beside(pieces) ?? over(pieces);
    if (line === null) return null;
    lines.push(line.trimEnd());
  }
  return { output: lines.join('\n'), height };
}

/** The row where no piece covers another; null where one does. */
function beside(pieces: Piece[]): string | null {
  if (pieces.some(({ x }, i) => i > 0 && x < pieces[i - 1]!.x)) pieces = pieces.toSorted((a, b) => a.x - b.x);
  let line = '';
  let column = 0;
  for (const { x, text, width } of pieces) {
    if (x < column) return null;
    line += ' '.repeat(x - column) + text;
    column = x + width;
  }
  return line;
}

const cells = new RowCells();

/** The row where later pieces cover earlier ones; null where a character is not plain: half of a wide one may be left. */
function over(pieces: Piece[]): string | null {
  cells.clear();
  return pieces.every(({ x, text }) => cells.write(x, text)) ? cells.text() : null;
}

/** Texts remembered; a screen has about two hundred. */
const capacity = 500;
const known = new Map<string, Omit<Piece, 'x'>>();

/** The text as Ink would write it, with its columns. */
function drawnAs(text: string): Omit<Piece, 'x'> {
  let drawn = known.get(text);
  // Moves to the young end: what is on screen stays.
  if (drawn) known.delete(text);
  else {
    cells.clear();
    const asItIs = cells.write(0, text) && cells.last === noStyle;
    drawn = asItIs ? { text, width: cells.length } : rewritten(text);
    if (known.size >= capacity) known.delete(known.keys().next().value!);
  }
  known.set(text, drawn);
  return drawn;
}

const invisible = /^\p{Default_Ignorable_Code_Point}+$/u;

function rewritten(text: string): Omit<Piece, 'x'> {
  const chars = styledCharsFromTokens(tokenize(text)).filter(({ value }) => !invisible.test(value));
  const width = chars.reduce((sum, { value }) => sum + Math.max(1, stringWidth(value)), 0);
  return { text: styledCharsToString(chars), width };
}
