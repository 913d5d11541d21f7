import { width } from '../text/cut.ts';
import { hex } from './terminal-colours.ts';

/** One place of a terminal: what stands there and how. */
export interface Cell {
  /** One character with what joins it; a blank is ''. */
  chars: string;
  /** Columns that it takes; the second half of a wide character is no cell of its own. */
  width: number;
  /** null = the terminal's own, 0-255 = of its palette, else `#rrggbb`. */
  fg: number | string | null;
  bg: number | string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
  strike: boolean;
}

/** What a terminal shows: rows of cells, each at its column. */
export interface Grid {
  columns: number;
  rows: { column: number; cell: Cell }[][];
}

type Style = Omit<Cell, 'chars' | 'width'>;

const plainStyle: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
};
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Reads a frame: lines of text with colour codes and nothing else, as the screen writes them. */
export function gridOfFrame(frame: string, columns: number, rows: number): Grid {
  const lines = frame.split('\n');
  return { columns, rows: Array.from({ length: rows }, (_, i) => rowOf(lines[i] ?? '', columns)) };
}

function rowOf(line: string, columns: number): Grid['rows'][number] {
  const row: Grid['rows'][number] = [];
  let style = plainStyle;
  let column = 0;
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    if (part.startsWith('\x1b[')) {
      style = styleAfter(style, part.slice(2, -1).split(';').map(Number));
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      const size = width(segment);
      if (size === 0 || column + size > columns) continue;
      row.push({ column, cell: { ...style, chars: segment === ' ' ? '' : segment, width: size } });
      column += size;
    }
  }
  return row;
}

function styleAfter(before: Style, codes: number[]): Style {
  let style = { ...before };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code === 0) style = { ...plainStyle };
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.inverse = true;
    else if (code === 9) style.strike = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 27) style.inverse = false;
    else if (code === 29) style.strike = false;
    else if (code === 38 || code === 48) {
      const rgb = codes[i + 1] === 2;
      const colour = rgb ? hex(codes[i + 2] ?? 0, codes[i + 3] ?? 0, codes[i + 4] ?? 0) : (codes[i + 2] ?? 0);
      style[code === 38 ? 'fg' : 'bg'] = colour;
      i += rgb ? 4 : 2;
    } else if (code === 39) style.fg = null;
    else if (code === 49) style.bg = null;
    else if (code >= 30 && code <= 37) style.fg = code - 30;
    else if (code >= 40 && code <= 47) style.bg = code - 40;
    else if (code >= 90 && code <= 97) style.fg = code - 82;
    else if (code >= 100 && code <= 107) style.bg = code - 92;
  }
  return style;
}
