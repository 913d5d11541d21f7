import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  loadUserConfig,
  parseUserConfig,
  saveUserSetting,
  setInYaml,
  userConfigDir,
} from '../../src/config/user-config.ts';
import { UserError } from '../../src/protocol/failure.ts';
import { defaultUserSettings } from '../../src/protocol/user-settings.ts';

const parse = (text: string) => parseUserConfig(text, 'config.yaml');
const home = () => mkdtempSync(join(tmpdir(), 'pawl-config-'));

describe('where it is', () => {
  test.each([
    [{ XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/x/pawl'],
    [{ HOME: '/h' }, '/h/.config/pawl'],
    [{ XDG_CONFIG_HOME: '', HOME: '/h' }, '/h/.config/pawl'],
    // The specification says to ignore a relative one.
    [{ XDG_CONFIG_HOME: 'x', HOME: '/h' }, '/h/.config/pawl'],
  ])('%j', (env, dir) => {
    expect(userConfigDir(env)).toBe(dir);
  });
});

describe('reading', () => {
  test('no file, an empty one, and one of comments only are as shipped', () => {
    expect(loadUserConfig({ HOME: home() })).toMatchObject({
      settings: defaultUserSettings(),
      problems: [],
    });
    for (const text of ['', '# nothing yet\n', 'keys:\nscreen:\n'])
      expect(parse(text)).toMatchObject({ settings: defaultUserSettings(), problems: [] });
  });

  test('all sections', () => {
    const { settings, problems } = parse(`
theme: light
keys: {hold: P, hold-now: [p, f9], skip: null}
notifications: {command: notify-send pawl, events: {best: true, held: false}}
consent: {no_sandbox: [/home/me/project]}
screen: {ascii: true, motion: reduced}
`);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      theme: 'light',
      keys: { hold: ['P'], 'hold-now': ['p', 'f9'], skip: [] },
      // Who gives a command wants it run.
      notifications: {
        channel: 'command',
        command: 'notify-send pawl',
        events: { best: true, held: false, finished: true },
      },
      consent: { noSandbox: ['/home/me/project'] },
      screen: { ascii: true, motion: 'reduced', reader: false },
    });
  });

  test.each([
    ['them: dark', "config.yaml:1: them: unknown key. Did you mean 'theme'?"],
    ['\nscreen:\n  asci: true', "config.yaml:3: screen.asci: unknown key. Did you mean 'screen.ascii'?"],
    [
      'notifications:\n  events:\n    finish: true',
      "config.yaml:3: notifications.events.finish: unknown key. Did you mean 'notifications.events.finished'?",
    ],
    [
      'notifications: {channel: bel}',
      "config.yaml:1: notifications.channel: 'bel' is not known. Did you mean 'bell'?",
    ],
    ['screen: {motion: 3}', /^config.yaml:1: screen.motion: '3' is not known\. It takes full, reduced\.$/],
    ['keys: {hold: 3}', /^config.yaml:1: keys.hold: /],
    ['theme: [dark]', /^config.yaml:1: theme: /],
    ['theme: {', /^config.yaml:\d+:\d+: this is not valid YAML: /],
    ['- dark', /^config.yaml:1: expected `key: value` lines/],
  ])('a mistake is told with its line: %j', (text, problem) => {
    const { problems } = parse(text);
    expect(problems).toHaveLength(1);
    if (typeof problem === 'string') expect(problems[0]).toBe(problem);
    else expect(problems[0]).toMatch(problem);
  });

  test('a mistake in one section leaves the others in force', () => {
    const { settings, problems } = parse(
      'theme: light\nscreen: {ascii: maybe}\nconsent: {no_sandbox: true}\n',
    );
    expect(problems).toHaveLength(1);
    expect(settings).toMatchObject({
      theme: 'light',
      consent: { noSandbox: true },
      screen: { ascii: false },
    });
  });

  test('a file that cannot be read is a problem, not a crash', () => {
    const dir = home();
    mkdirSync(join(dir, '.config/pawl/config.yaml'), { recursive: true });
    const { settings, problems } = loadUserConfig({ HOME: dir });
    expect(settings).toEqual(defaultUserSettings());
    expect(problems[0]).toMatch(/config\.yaml: cannot be read/);
  });

  test('places can be named later', () => {
    const { where } = parse('keys:\n  hold: p\n  skip: p\n');
    expect(where(['keys', 'skip'])).toBe('config.yaml:3: keys.skip');
  });
});

describe('changing one value', () => {
  test('comments, order and other values stay', () => {
    const before = `# mine
theme: dark # I like it dark

keys:
  # the other way round
  hold: P
  hold-now: p
`;
    expect(setInYaml(before, ['theme'], 'light', 'x')).toBe(before.replace('theme: dark', 'theme: light'));
    expect(setInYaml(before, ['keys', 'hold'], ['P', 'f9'], 'x')).toContain('# the other way round');
    expect(setInYaml(before, ['screen', 'ascii'], true, 'x')).toBe(`${before}screen:\n  ascii: true\n`);
    expect(setInYaml('keys:\n', ['keys', 'hold'], 'P', 'x')).toContain('hold: P');
    expect(parse(setInYaml(before, ['keys', 'hold'], undefined, 'x')).settings.keys).toEqual({
      'hold-now': ['p'],
    });
  });

  test('on disk: made when missing, a link stays a link, a broken file is not touched', () => {
    const dir = home();
    const env = { XDG_CONFIG_HOME: join(dir, 'config') };
    saveUserSetting(['theme'], 'light', env);
    const path = join(dir, 'config/pawl/config.yaml');
    expect(readFileSync(path, 'utf8')).toBe('theme: light\n');

    const other = { XDG_CONFIG_HOME: join(dir, 'linked') };
    mkdirSync(join(dir, 'linked/pawl'), { recursive: true });
    const real = join(dir, 'dotfiles.yaml');
    const link = join(dir, 'linked/pawl/config.yaml');
    writeFileSync(real, '# mine\n');
    symlinkSync(real, link);
    saveUserSetting(['theme'], 'mono', other);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(loadUserConfig(other).settings.theme).toBe('mono');
    expect(readFileSync(real, 'utf8')).toContain('# mine');

    writeFileSync(real, 'theme: {');
    expect(() => saveUserSetting(['theme'], 'dark', other)).toThrow(UserError);
    expect(readFileSync(real, 'utf8')).toBe('theme: {');
    expect(existsSync(`${real}.${process.pid}`)).toBe(false);
  });
});
