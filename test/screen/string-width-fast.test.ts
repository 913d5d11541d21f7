import fc from 'fast-check';
import original from 'string-width';
import { describe, expect, it } from 'vitest';
import stringWidth, { ONE_CELL_RANGES } from '../../src/screen/string-width-fast.ts';

const DRAWN = '●·×◆▸━─│┌┐└┘╭╮╰╯┏┓┗┛┤├┬┴┼╴╶╵╷…▲▼◂◌■‖✎≟✓✗σΔ−±≈←→↑↓↳˄˅⁝▏▎▍▌▋▊▉█▁▂▃▄▅▆▇░▒▓⠀⣿⎺⎻⎼⎽‹›«»“”—–';

const pieces = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)) }),
  fc.constantFrom(...DRAWN),
  fc.integer({ min: 0x2500, max: 0x259f }).map((c) => String.fromCharCode(c)),
  fc.integer({ min: 0x2800, max: 0x28ff }).map((c) => String.fromCharCode(c)),
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 5 }).map((n) => `\u001B[${n.join(';')}m`),
  fc.constantFrom(
    '\u001B[38:2::1:2:3m',
    '\u001B[?25l',
    '\u001B[2K',
    '\u001B[1;1H',
    '\u001B',
    '\u001B[',
    '\u001B[3',
    '\u009B31m',
  ),
  fc.string().map((s) => `\u001B]8;;${s}\u0007link\u001B]8;;\u0007`),
  fc.constantFrom('\u001B]0;title\u001B\\', '\u001BPq\u001B\\', '\u001B]P1234567', '\u001B(0', '\u001B7'),
  fc.constantFrom(
    '한국',
    '日本語',
    '①',
    'ｱﾞ',
    '全角',
    '\u1100\u1161\u11A8',
    '\u3000',
    '⚡',
    '⌚',
    '◽',
    '◾',
    '☕',
  ),
  fc.constantFrom('👨‍👩‍👧', '👍🏽', '🇩🇪', '❤️', '©️', '▶️', '↔️', '#️⃣', '1⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '‼️'),
  fc.constantFrom(
    'e\u0301',
    'a\u0300\u0316',
    '\u0301',
    '\u200D',
    '\u200B',
    '\uFE0F',
    '\uFE0E',
    '\u20E3',
    '\u0903',
    '\u0E33',
  ),
  fc.integer({ min: 0, max: 0x9f }).map((c) => String.fromCharCode(c)),
  fc.integer({ min: 0xd800, max: 0xdfff }).map((c) => String.fromCharCode(c)),
  fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
);
const anyText = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));

describe('string-width-fast', () => {
  it('equals the original for any mixture', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(stringWidth(text)).toBe(original(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('equals the original with every option', () => {
    const options = fc.record(
      { ambiguousIsNarrow: fc.boolean(), countAnsiEscapeCodes: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyText, options, (text, option) => {
        expect(stringWidth(text, option)).toBe(original(text, option));
      }),
    );
  });

  it('knows every character of its table from the original, alone and doubled', () => {
    for (const [from, to] of ONE_CELL_RANGES) {
      for (let code = from; code <= to; code++) {
        const text = String.fromCharCode(code);
        expect(original(text), `U+${code.toString(16)}`).toBe(1);
        expect(original(text + text), `U+${code.toString(16)} twice`).toBe(2);
      }
    }
  });

  it('counts what we draw as one cell each', () => {
    for (const glyph of DRAWN) expect(original(glyph), glyph).toBe(1);
    expect(stringWidth(DRAWN)).toBe([...DRAWN].length);
  });

  it('keeps the original’s answer for what is not a string', () => {
    for (const odd of [undefined, null, 7, {}]) {
      expect(stringWidth(odd as unknown as string)).toBe(original(odd as unknown as string));
    }
  });
});
