// Stands in for string-width in the bundle (scripts/build.mjs). Half of a frame's CPU was string-width asking of
// every box, block and braille cell whether it is an emoji; nearly all we draw is one cell wide, which a table knows.
import original, { type Options } from 'string-width';

export type { Options };

/** Inclusive ranges of UTF-16 units that the original counts as one cell, alone and beside each other. */
export const ONE_CELL_RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e], // ASCII
  [0xa1, 0xac], // Latin-1 up to the soft hyphen, which is zero wide
  [0xae, 0x2ff], // Latin, phonetic and modifier letters: ×, ±, ˄, ˅
  [0x391, 0x3c9], // Greek: Δ, σ
  [0x400, 0x482], // Cyrillic up to its combining marks
  [0x2010, 0x2027], // dashes, quotes, ‖, •, …
  [0x2030, 0x205e], // primes, ‹ ›, ⁝
  [0x2190, 0x22ff], // arrows and mathematics: −, ≈, ≟
  [0x23ba, 0x23bd], // scan lines
  [0x2500, 0x25fc], // boxes, blocks, geometric shapes up to the first emoji square
  [0x2701, 0x2704], // dingbats around the emoji ones: ✎, ✓, ✗
  [0x270e, 0x2727],
  [0x2800, 0x28ff], // braille
];

const TABLE_END = 0x2900;
const oneCell = new Uint8Array(TABLE_END);
for (const [from, to] of ONE_CELL_RANGES) oneCell.fill(1, from, to + 1);

// V8 scans this quicker than our loop does; it fails at the first other character, so trying it costs nothing.
const PLAIN_ASCII = /^[ -~]*$/;
const ESC = 0x1b;
const BRACKET = 0x5b;
const LETTER_M = 0x6d;

/** Cells that a string takes on a terminal; equal to string-width 8 for every input, faster for what we draw. */
export default function stringWidth(string: string, options?: Options): number {
  if (typeof string !== 'string' || options?.ambiguousIsNarrow === false || options?.countAnsiEscapeCodes) {
    return original(string, options);
  }
  const { length } = string;
  if (length > 8 && PLAIN_ASCII.test(string)) return length;
  let width = 0;
  for (let i = 0; i < length; i++) {
    const unit = string.charCodeAt(i);
    if (unit < TABLE_END && oneCell[unit] === 1) {
      width++;
      continue;
    }
    const end = unit === ESC ? endOfColour(string, i) : -1;
    if (end < 0) return original(string, options);
    i = end;
  }
  return width;
}

// Index of the final `m` of a colour sequence (SGR) that starts at `from`, or -1 for any other sequence.
function endOfColour(string: string, from: number): number {
  if (string.charCodeAt(from + 1) !== BRACKET) return -1;
  for (let i = from + 2; ; i++) {
    const unit = string.charCodeAt(i);
    if (unit === LETTER_M) return i;
    // Digits, colon, semicolon. Past the end charCodeAt gives NaN, which is in no range.
    if (!(unit >= 0x30 && unit <= 0x3b)) return -1;
  }
}
