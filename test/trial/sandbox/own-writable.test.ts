import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCheck } from '../../../src/trial/check.ts';
import { hasProc } from '../../../src/trial/process-table.ts';
import { ownWritable } from '../../../src/trial/sandbox/own-writable.ts';
import { probeSandbox } from '../../../src/trial/sandbox/probe.ts';
import { wallsFor } from '../../../src/trial/walls.ts';

let home = '';
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(homedir(), '.pawl-test-')));
  mkdirSync(join(home, '.cache/huggingface'), { recursive: true });
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.cache/huggingface/token'), 'open-sesame');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const open = (...folders: string[]) => ownWritable(folders, home, 'config.yaml:3: sandbox.writable');

it('takes folders that exist, by their real paths', () => {
  symlinkSync(join(home, '.cache'), join(home, 'link'));
  expect(open('~/.cache', join(home, 'link'), '~/nowhere')).toEqual([
    join(home, '.cache'),
    join(home, '.cache'),
  ]);
});

it.each([
  ['~', 'holds your home'],
  ['/', 'holds your home'],
  ['~/.ssh', 'place of secrets'],
  ['~/secret-link', 'place of secrets'],
  ['~/.cache/huggingface/token', 'place of secrets'],
  ['~/.SSH', 'place of secrets'],
  ['~/work/.git', 'inside .git or .pawl'],
  ['~/work/.Git/hooks', 'inside .git or .pawl'],
  ['~/work/.PAWL', 'inside .git or .pawl'],
  ['~/work-link', 'inside .git or .pawl'],
  ['cache', 'not an absolute path'],
])('refuses %s, with its place', (folder, why) => {
  symlinkSync(join(home, '.ssh'), join(home, 'secret-link'));
  for (const path of ['.SSH', 'work/.git', 'work/.Git/hooks', 'work/.PAWL'])
    mkdirSync(join(home, path), { recursive: true });
  symlinkSync(join(home, 'work/.git'), join(home, 'work-link'));
  expect(() => open(folder)).toThrow(`config.yaml:3: sandbox.writable: ${folder}`);
  expect(() => open(folder)).toThrow(why);
});

const bwrap = hasProc ? (await probeSandbox()).bwrap : null;

it.skipIf(bwrap === null)('a trial writes there, and reads no secret in it', async () => {
  const cwd = join(home, 'work');
  mkdirSync(cwd);
  const walls = wallsFor(
    { bwrap, setpriv: null, emptyFolder: join(home, 'empty'), opened: open('~/.cache') },
    { grounds: null, cwd, writable: [], pinned: false, env: { ...process.env, HOME: home } },
  );
  const ran = await runCheck(
    `echo made > ${home}/.cache/made; cat ${home}/.cache/huggingface/token; echo x > ${home}/.cache/huggingface/token; echo x > ${home}/x; true`,
    cwd,
    10_000,
    {},
    undefined,
    walls,
  );
  expect(ran.ok, ran.tail.join('\n')).toBe(true);
  expect(ran.tail.join('\n')).not.toContain('open-sesame');
  expect(readFileSync(join(home, '.cache/made'), 'utf8')).toBe('made\n');
  expect(readFileSync(join(home, '.cache/huggingface/token'), 'utf8')).toBe('open-sesame');
  expect(existsSync(join(home, 'x'))).toBe(false);
});

it.skipIf(bwrap === null)(
  'a socket that goes away between the plan and the start does not hold the run',
  async () => {
    const cwd = join(home, 'work');
    mkdirSync(cwd);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(home, 'service.sock'), resolve));
    const walls = wallsFor(
      { bwrap, setpriv: null, emptyFolder: join(home, 'empty') },
      { grounds: null, cwd, writable: [], pinned: false, env: { ...process.env, HOME: home } },
    );
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(join(home, 'service.sock'))).toBe(false);
    const ran = await runCheck('echo fine', cwd, 10_000, {}, undefined, walls);
    expect(ran).toMatchObject({ ok: true, tail: ['fine'] });
  },
);
