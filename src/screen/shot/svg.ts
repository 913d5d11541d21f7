import type { Grid } from './grid.ts';
import { type CellPaint, paintOf, palettes, type WindowColours } from './terminal-colours.ts';
import { vectorGlyph } from './vector-glyphs.ts';

export interface PictureOptions {
  /** Text in the title bar. */
  title?: string;
  /** Colours of the terminal around and under the app's own. */
  palette?: keyof typeof palettes;
  /** Draw the window around the screen; true unless told. */
  window?: boolean;
}

const CELL = { width: 9, height: 20 };
// DejaVu Sans Mono advances by 0.602 em: 15 fills a cell of 9. Each glyph has its own x, so other fonts fit too.
const FONT_SIZE = 15;
const BASELINE = 15;
const FONTS = "'DejaVu Sans Mono','JetBrains Mono','SF Mono',Menlo,Consolas,'Liberation Mono',monospace";

/** Draws what a terminal shows, as an SVG that looks the same in any viewer. */
export function svgOf(grid: Grid, options: PictureOptions = {}): string {
  const palette = palettes[options.palette ?? 'dark'];
  const framed = options.window ?? true;
  const [padding, bar] = framed ? [14, 34] : [0, 0];
  const width = grid.columns * CELL.width + 2 * padding;
  const height = grid.rows.length * CELL.height + padding + (framed ? bar : 0);
  const rows = grid.rows.map((row, y) => drawRow(row, y, palette));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    framed
      ? drawWindow(width, height, bar, palette, options.title ?? '')
      : `<rect width="${width}" height="${height}" fill="${palette.background}"/>`,
    `<g transform="translate(${padding} ${bar})" font-family="${FONTS}" font-size="${FONT_SIZE}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawWindow(
  width: number,
  height: number,
  bar: number,
  palette: WindowColours,
  title: string,
): string {
  const lights = ['#ed6a5e', '#f4bf4f', '#61c554'].map(
    (fill, i) => `<circle cx="${18 + i * 20}" cy="${bar / 2 - 3}" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${palette.background}" stroke="${palette.ansi[8]}" stroke-opacity="0.6"/>`,
    `<path d="M1 ${bar - 6}V10a9 9 0 0 1 9-9H${width - 10}a9 9 0 0 1 9 9V${bar - 6}z" fill="${palette.titleBar}"/>`,
    ...lights,
    `<text x="${width / 2}" y="${bar / 2 + 2}" text-anchor="middle" font-family="${FONTS}" font-size="13" fill="${palette.ansi[7]}">${escapeXml(title)}</text>`,
  ].join('\n');
}

function drawRow(row: Grid['rows'][number], y: number, palette: WindowColours): string {
  const top = y * CELL.height;
  const backgrounds: string[] = [];
  const lines: string[] = [];
  const paths = new Map<string, string[]>();
  const texts = new Map<string, { xs: number[]; chars: string }>();
  const joined: string[] = [];
  let run: { from: number; to: number; fill: string } | null = null;
  const endRun = () => {
    if (run) backgrounds.push(box(run.from, top, run.to - run.from, CELL.height, run.fill));
    run = null;
  };

  for (const { column, cell } of row) {
    const [left, width] = [column * CELL.width, cell.width * CELL.width];
    const paint = paintOf(cell, palette);
    if (run && run.fill === paint.background) run.to = left + width;
    else {
      endRun();
      if (paint.background) run = { from: left, to: left + width, fill: paint.background };
    }
    if (paint.underline) lines.push(box(left, top + CELL.height - 3, width, 1, paint.foreground));
    if (paint.strike) lines.push(box(left, top + CELL.height / 2, width, 1, paint.foreground));
    const { chars } = cell;
    if (chars === '' || chars === ' ') continue;
    const glyph = vectorGlyph(chars, { x: left, y: top, width: CELL.width, height: CELL.height });
    if (glyph) {
      const { stroke, opacity = 1 } = glyph;
      const style = stroke
        ? `fill="none" stroke="${paint.foreground}" stroke-width="${stroke}"`
        : `fill="${paint.foreground}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}`;
      append(paths, style, glyph.d);
    } else if ([...chars].length > 1) {
      // A cluster of several code points takes one place; a list of places would tear it apart.
      joined.push(`<text ${textStyle(paint)} x="${left}" y="${top + BASELINE}">${escapeXml(chars)}</text>`);
    } else {
      const style = textStyle(paint);
      const text = texts.get(style) ?? { xs: [], chars: '' };
      text.xs.push(left);
      text.chars += chars;
      texts.set(style, text);
    }
  }
  endRun();
  return [
    ...backgrounds,
    ...[...paths].map(([style, ds]) => `<path ${style} d="${ds.join('')}"/>`),
    ...[...texts].map(
      ([style, { xs, chars }]) =>
        `<text ${style} x="${xs.join(' ')}" y="${top + BASELINE}">${escapeXml(chars)}</text>`,
    ),
    ...joined,
    ...lines,
  ].join('\n');
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function box(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" shape-rendering="crispEdges"/>`;
}

function textStyle(paint: CellPaint): string {
  return `fill="${paint.foreground}"${paint.bold ? ' font-weight="bold"' : ''}${paint.italic ? ' font-style="italic"' : ''}`;
}

function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
