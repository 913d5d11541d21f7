import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { chartGlyphs } from '../../../src/screen/charts/glyphs.ts';
import { verdictLook } from '../../../src/screen/glyphs.ts';
import { type Tone, tones } from '../../../src/screen/spans.ts';
import { toAscii } from '../../../src/screen/text/ascii.ts';
import { makePalette, type Rgb, rgbOf256 } from '../../../src/screen/theme/palette.ts';
import { type Color, type Theme, themeFileSchema } from '../../../src/screen/theme/theme.ts';
import { builtInNames, builtInTheme, mono } from '../../../src/screen/theme/themes.ts';
import { ciede2000, contrast, difference, rgbOf, seenWith } from '../../harness/colour-science.ts';

// What is no text but a line or an area: 3:1 is enough (WCAG 2.1, 1.4.11).
const graphic: Tone[] = ['border', 'band'];
const coloured = builtInNames.filter((name) => name !== 'mono');
const depthsOf = (name: string) =>
  name.startsWith('ansi16') ? (['16'] as const) : (['true', '256'] as const);

/** What a terminal shows for the code that is sent for a colour; `own` stands for the terminal's own one. */
function shownColor(color: Color, depth: 'true' | '256' | '16', own: Rgb): Rgb {
  const { fg } = makePalette({ ...mono, tokens: { ...mono.tokens, fg: { fg: color } } }, depth);
  if (fg === '') return own;
  const [kind, form, ...rest] = fg.split(';').map(Number);
  if (kind === 38) return form === 2 ? (rest as Rgb) : rgbOf256(rest[0]!);
  return rgbOf256(kind! < 38 ? kind! - 30 : kind! - 82);
}

function seen(theme: Theme, tone: Tone, depth: 'true' | '256' | '16'): { fg: Rgb; bg: Rgb } {
  const background = [...rgbOf(theme.assumes!.background)] as Rgb;
  const foreground = [...rgbOf(theme.assumes!.foreground)] as Rgb;
  const style = theme.tokens[tone];
  return {
    fg: shownColor(style.fg ?? 'default', depth, foreground),
    bg: shownColor(style.bg ?? 'default', depth, background),
  };
}

test('the measures are those of the standards', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 6);
  expect(contrast(rgbOf('#777777'), [255, 255, 255])).toBeCloseTo(4.48, 2);
  // Pairs 1, 10 and 25 of the published test data.
  expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(ciede2000([50, -0.001, 2.49], [50, 0.0009, -2.49])).toBeCloseTo(4.8045, 3);
  expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
  // Greys stay greys to everybody.
  for (const kind of ['protanopia', 'deuteranopia', 'tritanopia'] as const)
    expect(difference(seenWith(kind, [128, 128, 128]), [128, 128, 128])).toBeLessThan(0.5);
});

test.each(coloured)('%s: every text has a contrast of 4.5, every line of 3', (name) => {
  const theme = builtInTheme(name)!;
  const least = name.startsWith('high-contrast') ? 7 : 4.5;
  for (const depth of depthsOf(name))
    for (const tone of tones) {
      const { fg, bg } = seen(theme, tone, depth);
      const enough = graphic.includes(tone) ? 3 : least;
      expect(contrast(fg, bg), `${tone} at ${depth}`).toBeGreaterThanOrEqual(enough);
    }
});

test.each(coloured)('%s: kept, discarded and crashed differ for every eye', (name) => {
  const theme = builtInTheme(name)!;
  const least = name.startsWith('cvd') ? 20 : 10;
  for (const depth of depthsOf(name))
    for (const [a, b] of [
      ['kept', 'discarded'],
      ['kept', 'crashed'],
      ['discarded', 'crashed'],
      ['add', 'del'],
    ] as const)
      for (const kind of ['protanopia', 'deuteranopia'] as const) {
        const [x, y] = [a, b].map((tone) => seenWith(kind, seen(theme, tone as Tone, depth).fg)) as [
          Rgb,
          Rgb,
        ];
        expect(difference(x, y), `${a} and ${b} with ${kind} at ${depth}`).toBeGreaterThanOrEqual(least);
      }
});

test.each(coloured.filter((name) => !name.startsWith('ansi16')))(
  '%s: 256 colours show it as it is',
  (name) => {
    const theme = builtInTheme(name)!;
    for (const tone of tones)
      for (const color of [theme.tokens[tone].fg, theme.tokens[tone].bg])
        if (color !== undefined)
          expect(shownColor(color, '256', [0, 0, 0]), tone).toEqual(shownColor(color, 'true', [0, 0, 0]));
  },
);

test('without colour, shape and weight tell the verdicts apart', () => {
  const palette = makePalette(mono, 'none');
  for (const signs of [(glyph: string) => glyph, toAscii]) {
    const looks = Object.values(verdictLook).map(({ glyph }) => signs(glyph));
    expect(new Set(looks).size).toBe(looks.length);
    const marks = Object.values(chartGlyphs.unicode.marks).map(signs);
    expect(new Set(marks).size).toBe(marks.length);
  }
  expect(new Set([palette.kept, palette.discarded, palette.crashed]).size).toBe(3);
  expect(palette.addEmph).not.toBe(palette.delEmph);
  expect(palette.focus).not.toBe(palette.border);
});

test('lists, charts and their ASCII twins agree', () => {
  const { unicode, ascii } = chartGlyphs;
  for (const [kind, mark] of Object.entries(unicode.marks))
    expect(toAscii(mark), kind).toBe(ascii.marks[kind as keyof typeof ascii.marks]);
});

test('the published schema is the one that theme files are read with', () => {
  const published = JSON.parse(readFileSync('themes/theme.schema.json', 'utf8'));
  const { $id: _, title: __, ...schema } = published;
  expect(schema).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(themeFileSchema, { io: 'input', reused: 'ref' }))),
  );
  for (const name of builtInNames)
    expect(JSON.parse(readFileSync(`themes/${name}.json`, 'utf8'))).toMatchObject({
      $schema: './theme.schema.json',
      name,
    });
});
