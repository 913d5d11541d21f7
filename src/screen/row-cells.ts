import {
  type AnsiCode,
  ansiCodesToString,
  diffAnsiCodes,
  reduceAnsiCodes,
  tokenize,
} from '@alcalzone/ansi-tokenize';
import { isPlain } from './plain-signs.ts';

// A painted row as numbers: what is on the screen changes twice a second for days, so taking rows apart and putting them
// together again must leave nothing behind for the garbage collector.

/** The number of the style that nothing has set. */
export const noStyle = 0;

interface Style {
  codes: AnsiCode[];
  /** The number of the style after one more escape code. */
  after: Map<string, number>;
  /** The codes that lead to other styles, by their numbers. */
  to: string[];
}

// The theme's colours and what they combine to: some dozens.
const styles: Style[] = [{ codes: [], after: new Map(), to: [] }];
const byKey = new Map<string, number>([['', noStyle]]);
const mostStyles = 4096;

function styleAfter(style: number, code: string): number {
  const { codes, after } = styles[style]!;
  let next = after.get(code);
  if (next === undefined) {
    const tokens = tokenize(code).filter((token) => token.type === 'ansi');
    next = numberOf(reduceAnsiCodes([...codes, ...tokens]));
    after.set(code, next);
  }
  return next;
}

function numberOf(codes: AnsiCode[]): number {
  const key = codes.map((c) => `${c.code}${c.endCode}`).join('');
  let number = byKey.get(key);
  if (number === undefined) {
    number = styles.push({ codes, after: new Map(), to: [] }) - 1;
    byKey.set(key, number);
  }
  return number;
}

/** The escape codes that lead from one style to the other. */
export function between(from: number, to: number): string {
  if (from === to) return '';
  const style = styles[from]!;
  let codes = style.to[to];
  if (codes === undefined) {
    codes = ansiCodesToString(diffAnsiCodes(style.codes, styles[to]!.codes));
    style.to[to] = codes;
  }
  return codes;
}

const ESC = 0x1b;
const BRACKET = 0x5b;
const LETTER_M = 0x6d;

/** The cells of one row; an object to use again and again. */
export class RowCells {
  length = 0;
  /** UTF-16 units. */
  units = new Uint16Array(256);
  /** Numbers of styles. */
  styles = new Uint16Array(256);
  /** The style that the row's text ends in. */
  last = noStyle;

  clear(): this {
    this.length = 0;
    this.last = noStyle;
    return this;
  }

  /** Writes a painted text from column `x` on, over what is there. @returns false when a character is not plain; the cells are of no use then. */
  write(x: number, text: string): boolean {
    this.#reserve(x + text.length);
    let column = x;
    let style: number = noStyle;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === ESC) {
        const end = endOfColour(text, i);
        if (end < 0 || styles.length >= mostStyles) return false;
        style = styleAfter(style, text.slice(i, end + 1));
        i = end;
        continue;
      }
      if (isPlain[code] !== 1) return false;
      this.units[column] = code;
      this.styles[column] = style;
      column += 1;
    }
    for (let gap = this.length; gap < x; gap++) {
      this.units[gap] = 0x20;
      this.styles[gap] = noStyle;
    }
    this.length = Math.max(this.length, column);
    this.last = style;
    return true;
  }

  /** The cells as a text with colours, that ends without any. */
  text(): string {
    let out = '';
    let style: number = noStyle;
    for (let x = 0; x < this.length; x++) {
      const next = this.styles[x]!;
      out += between(style, next) + String.fromCharCode(this.units[x]!);
      style = next;
    }
    return out + between(style, noStyle);
  }

  #reserve(columns: number): void {
    if (columns <= this.units.length) return;
    const { units, styles: numbers } = this;
    this.units = new Uint16Array(columns * 2);
    this.styles = new Uint16Array(columns * 2);
    this.units.set(units);
    this.styles.set(numbers);
  }
}

// Index of the final `m` of a colour code that starts at `from`, or -1 for any other code.
function endOfColour(text: string, from: number): number {
  if (text.charCodeAt(from + 1) !== BRACKET) return -1;
  for (let i = from + 2; ; i++) {
    const code = text.charCodeAt(i);
    if (code === LETTER_M) return i;
    // Digits and semicolons. Past the end charCodeAt gives NaN, which is in no range.
    if (!((code >= 0x30 && code <= 0x39) || code === 0x3b)) return -1;
  }
}
