import stringWidth from 'string-width';
import type { Row, Span, Tone } from '../spans.ts';

/** How a cell looks, its character apart. */
export interface CellStyle {
  tone: Tone;
  bold?: boolean;
  inverse?: boolean;
}

/** Never changed in place: blank cells are one object. */
interface GridCell extends Readonly<CellStyle> {
  readonly char: string;
  /** Decoration that text may cover: blanks, the noise band, guides. */
  readonly free: boolean;
}

const blank: GridCell = { char: ' ', tone: 'fg', free: true };

const segmenter = new Intl.Segmenter();
const plain = /^[ -~…]*$/;

/** A rectangle of cells to draw into; whatever is drawn outside of it is lost, so charts need not check. */
export class CellGrid {
  readonly width: number;
  readonly height: number;
  private readonly cells: GridCell[];

  constructor(width: number, height: number) {
    this.width = Math.max(0, Math.floor(width));
    this.height = Math.max(0, Math.floor(height));
    this.cells = new Array(this.width * this.height).fill(blank);
  }

  /** Sets one cell; `char` must be one cell wide. */
  put(x: number, y: number, char: string, style: CellStyle): void {
    this.set(x, y, { char, ...style, free: false });
  }

  /** Sets one cell that later text may cover. */
  decorate(x: number, y: number, char: string, style: CellStyle): void {
    if (this.isFree(x, y)) this.set(x, y, { char, ...style, free: true });
  }

  /** Adds to the looks of what is already there. */
  restyle(x: number, y: number, style: Partial<CellStyle>): void {
    const cell = this.at(x, y);
    if (cell) this.set(x, y, { ...cell, ...style });
  }

  /** True where nothing but decoration is. Outside of the grid nothing is free. */
  isFree(x: number, y: number): boolean {
    return this.at(x, y)?.free ?? false;
  }

  /** True where nothing at all has been drawn. */
  isBlank(x: number, y: number): boolean {
    return this.at(x, y)?.char === ' ' && this.isFree(x, y);
  }

  /** True if `length` cells from x are free. */
  isRunFree(x: number, y: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (!this.isFree(x + i, y)) return false;
    return true;
  }

  /** Writes text; wide characters take two cells, and one that would stick out at the edge is left out. */
  write(x: number, y: number, text: string, style: CellStyle): void {
    let at = x;
    if (plain.test(text)) {
      for (const char of text) this.put(at++, y, char, style);
      return;
    }
    for (const { segment } of segmenter.segment(text)) {
      const width = stringWidth(segment);
      if (width === 0) continue;
      if (at >= 0 && at + width <= this.width) {
        this.put(at, y, segment, style);
        for (let i = 1; i < width; i++) this.put(at + i, y, '', style);
      }
      at += width;
    }
  }

  /** The grid as rows of spans, neighbours of the same looks joined. */
  rows(): Row[] {
    return Array.from({ length: this.height }, (_, y) => {
      const row: Row = [];
      for (let x = 0; x < this.width; x++) {
        const cell = this.at(x, y)!;
        const last = row.at(-1);
        if (last && sameLooks(last, cell)) last.text += cell.char;
        else row.push(spanOf(cell));
      }
      return row;
    });
  }

  private at(x: number, y: number): GridCell | undefined {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return undefined;
    return this.cells[y * this.width + x];
  }

  private set(x: number, y: number, cell: GridCell): void {
    if (this.at(x, y)) this.cells[y * this.width + x] = cell;
  }
}

function sameLooks(span: Span, cell: GridCell): boolean {
  return (
    span.tone === cell.tone &&
    (span.bold ?? false) === (cell.bold ?? false) &&
    (span.inverse ?? false) === (cell.inverse ?? false)
  );
}

function spanOf({ char, tone, bold, inverse }: GridCell): Span {
  return { text: char, tone, ...(bold ? { bold } : {}), ...(inverse ? { inverse } : {}) };
}
