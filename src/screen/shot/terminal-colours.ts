import type { Cell } from './grid.ts';

/** A terminal's own colours, as hex. */
export interface WindowColours {
  background: string;
  foreground: string;
  titleBar: string;
  /** The sixteen ANSI colours. */
  ansi: readonly string[];
}

/** The windows that pictures are drawn in. */
export const palettes: Readonly<Record<'dark' | 'light', WindowColours>> = {
  dark: {
    background: '#11141a',
    foreground: '#d3d7de',
    titleBar: '#1d222b',
    ansi: (
      '#2a303b #e5646e #8cc570 #e3bb6f #6aa5f0 #c082e0 #57b8c2 #c3c9d4 ' +
      '#5c6675 #ff7b85 #a5dd88 #ffd68a #86bcff #d9a0f5 #73d2dc #ffffff'
    ).split(' '),
  },
  light: {
    background: '#fbfbf9',
    foreground: '#24292f',
    titleBar: '#e9e9e4',
    ansi: (
      '#24292f #b3261e #2f7d32 #8a6100 #1f5fc4 #8338a8 #0f7480 #6b737d ' +
      '#57606a #d1372c #3d9141 #a87800 #2f77e5 #9a4cc2 #1a8f9c #8c959f'
    ).split(' '),
  },
};

/** What one cell looks like, after inverse and dim are worked out. */
export interface CellPaint {
  foreground: string;
  /** Null where the terminal's own background shows. */
  background: string | null;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
}

/** Works out the colours and attributes of a cell. */
export function paintOf(cell: Cell, colours: WindowColours): CellPaint {
  let foreground = cell.fg === null ? colours.foreground : hexOf(cell.fg, colours);
  let background = cell.bg === null ? null : hexOf(cell.bg, colours);
  if (cell.inverse) [foreground, background] = [background ?? colours.background, foreground];
  if (cell.dim) foreground = mix(foreground, background ?? colours.background, 0.45);
  return {
    foreground,
    background,
    bold: cell.bold,
    italic: cell.italic,
    underline: cell.underline,
    strike: cell.strike,
  };
}

function hexOf(colour: number | string, colours: WindowColours): string {
  if (typeof colour === 'string') return colour;
  if (colour < 16) return colours.ansi[colour] ?? colours.foreground;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return hex(grey, grey, grey);
  }
  const step = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const index = colour - 16;
  return hex(step(Math.floor(index / 36)), step(Math.floor(index / 6) % 6), step(index % 6));
}

function mix(from: string, to: string, share: number): string {
  const parts = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  const [red, green, blue] = a.map((value, i) => Math.round(value + (b[i]! - value) * share));
  return hex(red!, green!, blue!);
}

/** Three parts, 0 to 255, as `#rrggbb`. */
export function hex(red: number, green: number, blue: number): string {
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
