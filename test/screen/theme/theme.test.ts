import { expect, test } from 'vitest';
import { paintRow } from '../../../src/screen/paint.ts';
import { tones } from '../../../src/screen/spans.ts';
import { backgroundOf } from '../../../src/screen/theme/background.ts';
import { colorDepth } from '../../../src/screen/theme/depth.ts';
import { asciiOnly } from '../../../src/screen/theme/look.ts';
import { makePalette } from '../../../src/screen/theme/palette.ts';
import { parseTheme } from '../../../src/screen/theme/theme.ts';
import {
  asksBackground,
  builtInNames,
  builtInTheme,
  loadTheme,
  mono,
} from '../../../src/screen/theme/themes.ts';

const colours = { COLORTERM: 'truecolor' };

test('every theme names every tone', () => {
  for (const name of builtInNames)
    expect(Object.keys(builtInTheme(name)!.tokens).sort()).toEqual([...tones].sort());
});

test('a wrong theme says where', () => {
  const theme = { name: 'mine', tokens: { ...mono.tokens, kept: 'verygreen' } };
  expect(() => parseTheme(theme)).toThrow(/tokens\.kept/);
  expect(() => parseTheme({ name: 'mine', tokens: {} })).toThrow(/tokens\.fg/);
  expect(() => loadTheme('pink', { env: colours })).toThrow(/Themes: auto, dark, light, .*mono/);
});

test('NO_COLOR leaves weight and inversion only, also with a theme named', () => {
  const palette = makePalette(
    loadTheme('dark', { env: { NO_COLOR: '1' } }),
    colorDepth({ NO_COLOR: '1', COLORTERM: 'truecolor' }),
  );
  for (const tone of tones) expect(palette[tone]).toMatch(/^([1247](;[1247])*)?$/);
  expect(loadTheme('dark', { env: { ...colours, NO_COLOR: '' } }).name).toBe('dark');
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
  const palette = makePalette(builtInTheme('dark')!, 'true');
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

test('auto follows the terminal, then COLORFGBG, then is dark; with sixteen colours it is made of those', () => {
  const auto = (env: NodeJS.ProcessEnv, background: 'dark' | 'light' | null = null) =>
    loadTheme('auto', { env, background }).name;
  expect(auto(colours)).toBe('dark');
  expect(auto(colours, 'light')).toBe('light');
  expect(auto({ ...colours, COLORFGBG: '0;15' })).toBe('light');
  expect(auto({ ...colours, COLORFGBG: '0;15' }, 'dark')).toBe('dark');
  expect(auto({ ...colours, COLORFGBG: '15;default' })).toBe('dark');
  expect(auto({ TERM: 'xterm' })).toBe('ansi16');
  expect(auto({ TERM: 'xterm' }, 'light')).toBe('ansi16-light');
  expect(auto({ TERM: 'dumb' })).toBe('mono');
  expect(auto({ ...colours, NO_COLOR: '1' }, 'light')).toBe('mono');
});

test('a theme with a light twin hands over to it; one that was asked for by name stays', () => {
  const named = (name: string) => loadTheme(name, { env: colours, background: 'light' }).name;
  expect(named('cvd')).toBe('cvd-light');
  expect(named('high-contrast')).toBe('high-contrast-light');
  expect(named('dark')).toBe('dark');
  for (const name of builtInNames) {
    const twin = builtInTheme(name)!.onLight;
    if (twin !== null) expect(builtInNames).toContain(twin);
  }
});

test('the terminal is only asked where its answer would change something', () => {
  expect(asksBackground('auto', { env: colours })).toBe(true);
  expect(asksBackground('cvd', { env: colours })).toBe(true);
  expect(asksBackground('dark', { env: colours })).toBe(false);
  expect(asksBackground('auto', { env: { ...colours, NO_COLOR: '1' } })).toBe(false);
});

test.each([
  ['rgb:0000/0000/0000', 'dark'],
  ['rgb:ffff/ffff/ffff', 'light'],
  ['rgb:fd/f6/e3', 'light'],
  ['rgb:28/2c/34', 'dark'],
  ['rgba:f/f/f/f', 'light'],
  ['#1e1e1e', 'dark'],
  ['#FAFAFA', 'light'],
  ['red', null],
  ['rgb:12/34', null],
  ['', null],
] as const)('a background of %s is %s', (colour, expected) => {
  expect(backgroundOf(colour)).toBe(expected);
});

test('only a locale that says so, and the console, are held to ASCII', () => {
  expect(asciiOnly({})).toBe(false);
  expect(asciiOnly({ LANG: 'de_DE.UTF-8' })).toBe(false);
  expect(asciiOnly({ LANG: 'en_US.utf8' })).toBe(false);
  expect(asciiOnly({ LANG: 'de_DE.ISO-8859-1' })).toBe(true);
  expect(asciiOnly({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(true);
  expect(asciiOnly({ LC_ALL: '', LC_CTYPE: 'C.UTF-8' })).toBe(false);
  expect(asciiOnly({ TERM: 'linux', LANG: 'en_US.UTF-8' })).toBe(true);
});

test('an underline is under words, not under the blanks around them, nor under lines', () => {
  const palette = makePalette(mono, 'none');
  const row = [
    { text: '·', tone: 'discarded' as const },
    { text: ' ', tone: 'warn' as const },
    { text: ' a b  ', tone: 'warn' as const },
    { text: '━━╸', tone: 'warn' as const },
    { text: '|', tone: 'fg' as const },
  ];
  const painted = paintRow(row, 20, palette);
  const lined: string[] = [];
  let on = false;
  for (const part of painted.split(/(\x1b\[[\d;]*m)/)) {
    if (/^\x1b\[4m|;4[;m]/.test(part)) on = true;
    else if (/^\x1b\[(0|24)m/.test(part)) on = false;
    else if (on && part !== '' && !part.startsWith('\x1b')) lined.push(part);
  }
  expect(lined).toEqual(['a b']);
  expect(painted.replace(/\x1b\[[\d;]*m/g, '')).toBe('·  a b  ━━╸|');
});
