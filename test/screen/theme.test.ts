import { expect, test } from 'vitest';
import { paintRow } from '../../src/screen/paint.ts';
import { tones } from '../../src/screen/spans.ts';
import { colorDepth } from '../../src/screen/theme/depth.ts';
import { makePalette } from '../../src/screen/theme/palette.ts';
import { parseTheme } from '../../src/screen/theme/theme.ts';
import { loadTheme, mono, themeNames } from '../../src/screen/theme/themes.ts';

test('every theme names every tone', () => {
  for (const name of themeNames)
    expect(Object.keys(loadTheme(name, {}).tokens).sort()).toEqual([...tones].sort());
});

test('a wrong theme says where', () => {
  const theme = { name: 'mine', tokens: { ...mono.tokens, kept: 'verygreen' } };
  expect(() => parseTheme(theme)).toThrow(/tokens\.kept/);
  expect(() => parseTheme({ name: 'mine', tokens: {} })).toThrow(/tokens\.fg/);
  expect(() => loadTheme('pink', {})).toThrow(/use auto, dark, light, mono/);
});

test('NO_COLOR leaves weight and inversion only, also with a theme named', () => {
  const palette = makePalette(
    loadTheme('dark', { NO_COLOR: '1' }),
    colorDepth({ NO_COLOR: '1', COLORTERM: 'truecolor' }),
  );
  for (const tone of tones) expect(palette[tone]).toMatch(/^([1247](;[1247])*)?$/);
  expect(loadTheme('dark', { NO_COLOR: '' }).name).toBe('dark');
});

test('colours step down to what the terminal shows', () => {
  const theme = parseTheme({
    name: 't',
    tokens: {
      ...mono.tokens,
      kept: '#ff0000',
      live: 208,
      warn: 'brightYellow',
      add: { fg: 'red', bg: '#00ff00' },
    },
  });
  expect(makePalette(theme, 'true')).toMatchObject({
    kept: '38;2;255;0;0',
    live: '38;5;208',
    warn: '93',
    add: '31;48;2;0;255;0',
  });
  expect(makePalette(theme, '256').kept).toBe('38;5;196');
  expect(makePalette(theme, '16').kept).toMatch(/^(31|91)$/);
  expect(makePalette(theme, 'none').kept).toBe('');
});

test('the depth is read from the environment', () => {
  expect(colorDepth({ COLORTERM: 'truecolor' })).toBe('true');
  expect(colorDepth({ TERM: 'xterm-256color' })).toBe('256');
  expect(colorDepth({ TERM: 'linux' })).toBe('16');
  expect(colorDepth({ TERM: 'dumb' })).toBe('none');
  expect(colorDepth({ TERM: 'linux', FORCE_COLOR: '3' })).toBe('true');
});

test('a painted row has exactly its columns and no control character of its text', () => {
  const palette = makePalette(loadTheme('dark', {}), 'true');
  const painted = paintRow(
    [
      { text: 'a\x1b[2J\rb', tone: 'kept' },
      { text: ' and more', tone: 'fg' },
    ],
    8,
    palette,
  );
  expect(painted.replace(/\x1b\[[0-9;]*m/g, '')).toBe('ab and …');
});
