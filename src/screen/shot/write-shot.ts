import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { Screen } from '../screen-context.ts';
import { frameOf } from './frame.tsx';
import { gridOfFrame } from './grid.ts';
import { drawPng, findRenderer } from './png.ts';
import { svgOf } from './svg.ts';
import type { palettes } from './terminal-colours.ts';

export interface ShotOptions {
  /** In the title bar of the window. */
  title?: string;
  /** The window around it: dark or light, as the theme was made for. */
  window?: keyof typeof palettes;
}

/** What a picture may be, by the end of its name. */
export const shotKinds = ['.svg', '.png', '.txt'] as const;

/**
 * Writes what the screen shows as a picture or as text, by the end of the file's name; folders on the way are made.
 * @throws Error for another ending, where PNG cannot be made here, or when the file cannot be written
 */
export async function writeShot(screen: Screen, path: string, options: ShotOptions = {}): Promise<void> {
  const content = await shotOf(screen, extname(path).toLowerCase(), options);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function shotOf(screen: Screen, kind: string, options: ShotOptions): Promise<string | Uint8Array> {
  const { columns, rows } = screen.store.published.getState().size;
  const frame = frameOf(screen);
  if (kind === '.txt') return `${frame.replace(/\x1b\[[\d;]*m/g, '').replace(/ +$/gm, '')}\n`;
  if (kind !== '.svg' && kind !== '.png')
    throw new Error(`a shot is written as ${shotKinds.join(', ')}, not as '${kind}'`);
  const svg = svgOf(gridOfFrame(frame, columns, rows), {
    palette: options.window ?? 'dark',
    title: options.title ?? '',
  });
  if (kind === '.svg') return svg;
  const Resvg = await findRenderer();
  if (!Resvg)
    throw new Error(
      'PNG needs the package @resvg/resvg-js beside pawl; without it write .svg, which browsers show',
    );
  return drawPng(Resvg, svg);
}
