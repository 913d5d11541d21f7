import { Resvg } from '@resvg/resvg-js';
import type { Terminal } from '@xterm/headless';
import type { Cell, Grid } from '../../src/screen/shot/grid.ts';
import { drawPng } from '../../src/screen/shot/png.ts';
import { type PictureOptions, svgOf } from '../../src/screen/shot/svg.ts';
import { hex } from '../../src/screen/shot/terminal-colours.ts';

/** Draws what a terminal shows, as an SVG that looks the same in any viewer. */
export function bufferToSvg(terminal: Terminal, options: PictureOptions = {}): string {
  return svgOf(gridOf(terminal), options);
}

/** Turns such an SVG into a PNG; `scale` 2 is sharp on today's displays. Text is missing where no font is. */
export function svgToPng(svg: string, scale = 2): Uint8Array {
  return drawPng(Resvg, svg, scale);
}

function gridOf(terminal: Terminal): Grid {
  const buffer = terminal.buffer.active;
  const rows = Array.from({ length: terminal.rows }, (_, y) => {
    const line = buffer.getLine(buffer.viewportY + y);
    const row: Grid['rows'][number] = [];
    for (let column = 0; line && column < terminal.cols; column++) {
      const cell = line.getCell(column);
      if (!cell || cell.getWidth() === 0) continue;
      const chars = cell.isInvisible() ? '' : cell.getChars();
      row.push({
        column,
        cell: {
          chars: chars === ' ' ? '' : chars,
          width: cell.getWidth(),
          fg: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
          bg: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
          bold: cell.isBold() !== 0,
          dim: cell.isDim() !== 0,
          italic: cell.isItalic() !== 0,
          underline: cell.isUnderline() !== 0,
          inverse: cell.isInverse() !== 0,
          strike: cell.isStrikethrough() !== 0,
        },
      });
    }
    return row;
  });
  return { columns: terminal.cols, rows };
}

function colour(isDefault: boolean, isRgb: boolean, value: number): Cell['fg'] {
  if (isDefault) return null;
  return isRgb ? hex(value >> 16, (value >> 8) & 255, value & 255) : value;
}
