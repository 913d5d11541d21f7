import type { Tone } from '../spans.ts';
import type { CellGrid } from './cell-grid.ts';
import type { GlyphSet } from './glyphs.ts';

// Bit of each dot of a braille cell, by row and column.
const BRAILLE_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/**
 * Dots finer than cells: two by four per cell in braille, one by one in ASCII. A cell shows one tone, so the series
 * painted last covers the ones before it.
 */
export class DotCanvas {
  /** Dots across and down. */
  readonly width: number;
  readonly height: number;
  private readonly columns: number;
  private readonly perCell: { x: number; y: number };
  private readonly ascii: boolean;
  private readonly bits: Uint8Array;

  constructor(columns: number, rows: number, glyphs: GlyphSet) {
    this.ascii = glyphs === 'ascii';
    this.perCell = this.ascii ? { x: 1, y: 1 } : { x: 2, y: 4 };
    this.columns = columns;
    this.width = columns * this.perCell.x;
    this.height = rows * this.perCell.y;
    this.bits = new Uint8Array(columns * rows);
  }

  /** Sets the dots of a column from one row to another, both included, in either order. */
  fillColumn(x: number, from: number, to: number): void {
    if (x < 0 || x >= this.width) return;
    const last = Math.min(this.height - 1, Math.max(from, to));
    for (let y = Math.max(0, Math.min(from, to)); y <= last; y++) {
      const cell = Math.floor(y / this.perCell.y) * this.columns + Math.floor(x / this.perCell.x);
      this.bits[cell]! |= this.ascii ? 1 : BRAILLE_BITS[y % 4]![x % 2]!;
    }
  }

  /** Paints the cells that have dots into a grid, with its corner at column `left`. */
  paint(grid: CellGrid, left: number, tone: Tone, asciiMark: string): void {
    this.bits.forEach((bits, i) => {
      if (bits === 0) return;
      const char = this.ascii ? asciiMark : String.fromCharCode(0x2800 + bits);
      grid.put(left + (i % this.columns), Math.floor(i / this.columns), char, { tone });
    });
  }
}
