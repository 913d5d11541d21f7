import type { IBufferCell } from '@xterm/headless';

/** A terminal's own colours, as hex. */
export interface Palette {
  background: string;
  foreground: string;
  titleBar: string;
  /** The sixteen ANSI colours. */
  ansi: readonly string[];
}

export const palettes: Readonly<Record<'dark' | 'light', Palette>> = {
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
export function paintOf(cell: IBufferCell, palette: Palette): CellPaint {
  let foreground = cell.isFgDefault()
    ? palette.foreground
    : colour(cell.isFgRGB(), cell.getFgColor(), palette);
  let background = cell.isBgDefault() ? null : colour(cell.isBgRGB(), cell.getBgColor(), palette);
  if (cell.isInverse()) [foreground, background] = [background ?? palette.background, foreground];
  if (cell.isDim()) foreground = mix(foreground, background ?? palette.background, 0.45);
  if (cell.isInvisible()) foreground = background ?? palette.background;
  return {
    foreground,
    background,
    bold: cell.isBold() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    strike: cell.isStrikethrough() !== 0,
  };
}

function colour(isRgb: boolean, value: number, palette: Palette): string {
  if (isRgb) return hex(value >> 16, (value >> 8) & 255, value & 255);
  if (value < 16) return palette.ansi[value] ?? palette.foreground;
  if (value >= 232) {
    const grey = 8 + (value - 232) * 10;
    return hex(grey, grey, grey);
  }
  const step = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const index = value - 16;
  return hex(step(Math.floor(index / 36)), step(Math.floor(index / 6) % 6), step(index % 6));
}

function mix(from: string, to: string, share: number): string {
  const parts = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  const [red, green, blue] = a.map((value, i) => Math.round(value + (b[i]! - value) * share));
  return hex(red!, green!, blue!);
}

function hex(red: number, green: number, blue: number): string {
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
