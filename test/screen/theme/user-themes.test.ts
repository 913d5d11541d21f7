import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultUserSettings } from '../../../src/protocol/user-settings.ts';
import {
  choosableThemes,
  chooseLook,
  nextThemeWish,
  wantsBackground,
} from '../../../src/screen/theme/choose-look.ts';
import { userTheme, userThemeNames } from '../../../src/screen/theme/user-themes.ts';

const themesDir = mkdtempSync(join(tmpdir(), 'pawl-themes-'));
afterAll(() => rmSync(themesDir, { recursive: true, force: true }));
const put = (name: string, text: string) => writeFileSync(join(themesDir, name), text);
const env = { COLORTERM: 'truecolor' };
const wish = (theme: string) => ({ theme, user: defaultUserSettings(), env, themesDir });

test('a theme that extends another names only what it changes', () => {
  put('mine.json', '{\n  "extends": "dark",\n  "tokens": { "kept": { "fg": "#00ffff", "bold": true } }\n}\n');
  const theme = userTheme(themesDir, 'mine')!;
  expect(theme.name).toBe('mine');
  expect(theme.tokens.kept).toEqual({ fg: '#00ffff', bold: true });
  expect(theme.tokens.crashed).toEqual({ fg: '#d75f5f' });
  expect(chooseLook(wish('mine'), null)).toMatchObject({
    theme: 'mine',
    palette: { kept: '1;38;2;0;255;255' },
  });
  expect(userThemeNames(themesDir)).toEqual(['mine']);
  expect(choosableThemes({ themesDir })).toEqual([
    ...['auto', 'dark', 'light', 'high-contrast', 'cvd', 'ansi16', 'mono', 'mine'],
  ]);
});

test('the next theme is one that looks different, and is said with the file that keeps it', () => {
  const shown = chooseLook(wish('auto'), 'dark');
  expect(shown.theme).toBe('dark');
  const next = nextThemeWish(wish('auto'), shown, 'dark');
  expect([next.wish.theme, next.look.theme]).toEqual(['light', 'light']);
  expect(next.text).toBe(`theme light; to keep it: theme: light in ${join(themesDir, '..', 'config.yaml')}`);
  const round = nextThemeWish(wish('mine'), chooseLook(wish('mine'), 'dark'), 'dark');
  expect(round.text).toMatch(/^theme auto \(dark\);/);
});

test.each([
  [
    '{\n "extends": "dark",\n "tokens": {\n  "kept": "verygreen"\n }\n}',
    /bad\.json:4: tokens\.kept: expected an ANSI/,
  ],
  [
    '{\n "extends": "dark",\n "tokens": {\n\n  "keptt": 1\n }\n}',
    /bad\.json:5: tokens\.keptt: there is no such key/,
  ],
  ['{\n "extends": "drak",\n "tokens": {}\n}', /bad\.json:2: extends: there is no built-in theme 'drak'/],
  ['{\n "tokens": {\n  "fg": "red"\n }\n}', /bad\.json:2: tokens\.dim: missing/],
  ['{\n "tokens": [}', /bad\.json:2: this is not JSON/],
  ['[]', /bad\.json:1: file: /],
  ['', /bad\.json:1: file: /],
])('a mistake is named with its file, line and token: %s', (text, expected) => {
  put('bad.json', text);
  expect(() => userTheme(themesDir, 'bad')).toThrow(expected);
  const problems: string[] = [];
  expect(chooseLook(wish('bad'), null, problems).theme).toBe('dark');
  expect(problems[0]).toMatch(expected);
  rmSync(join(themesDir, 'bad.json'));
});

test('a name is no path, and no theme is no folder', () => {
  expect(userTheme(themesDir, '../../etc/passwd')).toBeNull();
  mkdirSync(join(themesDir, 'folder.json'));
  expect(() => userTheme(themesDir, 'folder')).toThrow(/folder\.json: cannot be read/);
  rmSync(join(themesDir, 'folder.json'), { recursive: true });
  expect(userThemeNames('/no/such/folder')).toEqual([]);
  const problems: string[] = [];
  expect(chooseLook(wish('nosuch'), 'light', problems).theme).toBe('light');
  expect(problems[0]).toMatch(/no theme 'nosuch'/);
});

test('PAWL_THEME goes before the user’s settings, the command line before both', () => {
  const user = { ...defaultUserSettings(), theme: 'light' };
  const chosen = (theme: string | undefined, more: NodeJS.ProcessEnv = {}) =>
    chooseLook({ theme, user, env: { ...env, ...more }, themesDir }, null).theme;
  expect(chosen(undefined)).toBe('light');
  expect(chosen(undefined, { PAWL_THEME: 'cvd' })).toBe('cvd');
  expect(chosen('dark', { PAWL_THEME: 'cvd' })).toBe('dark');
  expect(chosen('dark', { NO_COLOR: '1' })).toBe('mono');
});

test('the Linux console is not asked: old ones print the question', () => {
  expect(wantsBackground(wish('auto'))).toBe(true);
  expect(wantsBackground({ ...wish('auto'), env: { TERM: 'linux' } })).toBe(false);
});
