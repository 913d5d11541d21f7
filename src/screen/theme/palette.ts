import { type Tone, tones } from '../spans.ts';
import type { Depth } from './depth.ts';
import { ansiNames, type Color, type Style, type Theme } from './theme.ts';

/** The SGR parameters of each tone, ready to be written in front of a text. */
export type Palette = Record<Tone, string>;

/** Turns a theme into escape codes for a terminal of that depth. Plain strings: a row costs no component per colour. */
export function makePalette(theme: Theme, depth: Depth): Palette {
  return Object.fromEntries(tones.map((tone) => [tone, codes(theme.tokens[tone], depth)])) as Palette;
}

function codes(style: Style, depth: Depth): string {
  const out: string[] = [];
  if (style.bold) out.push('1');
  if (style.dim) out.push('2');
  if (style.underline) out.push('4');
  if (style.inverse) out.push('7');
  if (depth !== 'none') {
    if (style.fg !== undefined) out.push(color(style.fg, depth, 0));
    if (style.bg !== undefined) out.push(color(style.bg, depth, 10));
  }
  return out.filter(Boolean).join(';');
}

function color(value: Color, depth: Depth, background: 0 | 10): string {
  if (value === 'default') return '';
  if (typeof value === 'number')
    return depth === '16' ? basic(nearest16(rgbOf256(value)), background) : `${38 + background};5;${value}`;
  if (!value.startsWith('#'))
    return basic(ansiNames.indexOf(value as (typeof ansiNames)[number]), background);
  const rgb = hexRgb(value);
  if (depth === 'true') return `${38 + background};2;${rgb.join(';')}`;
  if (depth === '256') return `${38 + background};5;${nearest256(rgb)}`;
  return basic(nearest16(rgb), background);
}

function basic(index: number, background: 0 | 10): string {
  return String((index < 8 ? 30 + index : 82 + index) + background);
}

function hexRgb(value: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(value.slice(at, at + 2), 16)) as Rgb;
}

/** Red, green and blue, 0 to 255. */
export type Rgb = [number, number, number];
const steps = [0, 95, 135, 175, 215, 255];

/** What xterm shows for one of its 256 colours; the first 16 as most terminals have them. */
export function rgbOf256(index: number): Rgb {
  if (index < 16) return basicRgb[index]!;
  if (index >= 232) return [0, 0, 0].map(() => 8 + (index - 232) * 10) as Rgb;
  const i = index - 16;
  return [steps[Math.floor(i / 36)]!, steps[Math.floor(i / 6) % 6]!, steps[i % 6]!];
}

function distance(a: Rgb, b: Rgb): number {
  return a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0);
}

function nearest(rgb: Rgb, from: number, to: number): number {
  let best = from;
  for (let i = from; i < to; i++) if (distance(rgb, rgbOf256(i)) < distance(rgb, rgbOf256(best))) best = i;
  return best;
}

// The first 16 are left out: users repaint them, so their real colour is unknown.
function nearest256(rgb: Rgb): number {
  return nearest(rgb, 16, 256);
}

function nearest16(rgb: Rgb): number {
  return nearest(rgb, 0, 16);
}

const basicRgb: Rgb[] = [
  [0, 0, 0],
  [205, 49, 49],
  [13, 160, 94],
  [190, 160, 16],
  [36, 114, 200],
  [188, 63, 188],
  [17, 150, 190],
  [200, 200, 200],
  [110, 110, 110],
  [241, 76, 76],
  [35, 209, 139],
  [245, 245, 67],
  [59, 142, 234],
  [214, 112, 214],
  [41, 184, 219],
  [245, 245, 245],
];
