import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { saveConsent } from '../../src/config/consent.ts';
import { parseSettings } from '../../src/config/load-config.ts';
import { baselineOf, examine } from '../../src/doctor/doctor.ts';
import { diskFinding, gpuFindings, lookAtTerminal } from '../../src/doctor/look-at-machine.ts';
import { lookAtModel } from '../../src/doctor/look-at-model.ts';
import { lookAtProject } from '../../src/doctor/look-at-project.ts';
import { lookAtSandbox } from '../../src/doctor/look-at-sandbox.ts';
import type { Finding } from '../../src/protocol/findings.ts';
import { probeSandbox } from '../../src/trial/sandbox/probe.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import { fingerprint, git, read, temporaryRepository, write } from '../workspace/temporary-repository.ts';

const config = (command: string, more = '') =>
  `command: ${command}\nsurface: [train.sh]\nbudget: 1s\ntimeout: 3s\nmetric: val_loss\nproposer: tuner\n${more}`;
const project = (command: string, more = '') =>
  temporaryRepository({
    'pawl.yaml': config(command, more),
    'train.sh': 'X=1\necho METRIC val_loss=1.5\n',
    'locked.txt': 'x\n',
  });
const never = new AbortController().signal;
const of = (findings: Finding[], area: string) => findings.filter((finding) => finding.area === area);
const levels = (findings: Finding[]) => findings.map(({ level }) => level);
const baseline = async (dir: string, signal = never) => baselineOf(dir, await lookAtProject(dir), signal);

let server: FakeOllama | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

test('a project that can run has no failure, and is as before', async () => {
  const dir = project('sh train.sh');
  const before = fingerprint(dir);
  const { findings, project: look } = await examine({
    projectDir: dir,
    env: { ...process.env, LANG: 'C.UTF-8' },
    isTTY: false,
    mayAsk: true,
    colours: 'no colours',
    childArgs: ['-e', '0'],
  });
  expect(levels([...of(findings, 'git'), ...of(findings, 'config'), ...of(findings, 'surface')])).toEqual([
    'ok',
    'ok',
    'ok',
  ]);
  expect(of(findings, 'model')[0]!.what).toContain('the tuner proposes');
  const tried = await baselineOf(dir, look, never);
  expect(tried).toEqual([
    expect.objectContaining({ level: 'ok', what: expect.stringContaining('val_loss 1.5 in') }),
  ]);
  expect(fingerprint(dir)).toEqual(before);
  expect(existsSync(join(dir, '.git', 'worktrees'))).toBe(false);
  expect(readdirSync(join(dir, '.pawl'))).toEqual(['.gitignore']);
});

test('every mistake in the config is a finding of its own', async () => {
  const dir = temporaryRepository({ 'pawl.yaml': 'comand: x\nsurface: a\nmetric: m\nbudget: soon\n' });
  const { findings } = await lookAtProject(dir);
  expect(of(findings, 'config').map(({ what }) => what)).toEqual([
    expect.stringMatching(/pawl\.yaml:1: comand: unknown key/),
    expect.stringMatching(/pawl\.yaml:4: budget: 'soon'/),
  ]);
  expect(levels(of(findings, 'git'))).toEqual(['ok']);
});

test('a surface that matches nothing, uncommitted changes, a missing input, a merge that is not finished', async () => {
  const nothing = temporaryRepository({
    'pawl.yaml': 'command: x\nsurface: trian.py\nmetric: m\n',
    'train.py': '',
  });
  expect(of((await lookAtProject(nothing)).findings, 'surface')[0]).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('Did you mean train.py'),
  });
  expect(of((await lookAtProject(nothing)).findings, 'inputs')).toMatchObject([
    { level: 'warn', what: expect.stringContaining('not looked at') },
  ]);
  const dirty = project('sh train.sh', 'link: [data]\n');
  write(dirty, { 'locked.txt': 'y\n' });
  writeFileSync(join(dirty, '.git', 'MERGE_HEAD'), `${git(dirty, 'rev-parse', 'HEAD')}\n`);
  const { findings } = await lookAtProject(dirty);
  expect(of(findings, 'git').map(({ what }) => what)).toContain('a merge is not finished');
  expect(of(findings, 'surface').map(({ what }) => what)).toContainEqual(
    expect.stringContaining('locked.txt'),
  );
  expect(of(findings, 'inputs')[0]).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('data does not exist'),
  });
  const bare = temporaryRepository({});
  execFileSync('rm', ['-rf', join(bare, '.git')]);
  expect(of((await lookAtProject(bare)).findings, 'git')[0]).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('git init'),
  });
});

test.each([
  ['sh -c "echo boom >&2; exit 3"', 'exit 3: boom', 'boom'],
  ['echo loss=1', 'exit 0, but it printed no val_loss', 'loss=1'],
  ['sleep 60', 'not done after', 'It printed nothing.'],
])(
  'a dry baseline that fails says why: %s',
  async (command, what, fix) => {
    const dir = project(`'${command}'`);
    const [finding] = await baseline(dir);
    expect(finding).toMatchObject({ level: 'fail', what: expect.stringContaining(what.split(':')[0]!) });
    expect(finding!.fix).toContain(fix);
    expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
  },
  30_000,
);

test('a command that changes tracked files, a check that fails, and secrets in what they print', async () => {
  const changing = project("'echo y > locked.txt; sh train.sh'", 'sandbox: off\n');
  // Not agreed to: its sandbox is there, and keeps the file as it is.
  const config = mkdtempSync(join(tmpdir(), 'pawl-consent-'));
  vi.stubEnv('XDG_CONFIG_HOME', config);
  if ((await probeSandbox()).bwrap) expect(levels(await baseline(changing))).toEqual(['ok']);
  expect(await lookAtSandbox({ sandbox: 'off' }, changing, process.env)).toMatchObject({
    what: expect.stringContaining('you have not agreed'),
  });
  saveConsent('no-sandbox', changing);
  expect(levels(await baseline(changing))).toEqual(['ok', 'fail']);
  expect(read(changing, 'locked.txt')).toBe('x\n');
  vi.unstubAllEnvs();
  rmSync(config, { recursive: true });
  const token = ['gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a'].join('');
  const [failing, ...none] = await baseline(project('sh train.sh', `check: 'echo ${token}; exit 1'\n`));
  expect(none).toEqual([]);
  expect(failing).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('check failed'),
    fix: 'It printed:\n[secret]',
  });
});

test('a program that git does not track is missing in a trial: the line of pawl.yaml that brings it is named', async () => {
  for (const [command, more] of [
    ['tools/train', ''],
    ['sh train.sh', 'check: tools/train\n'],
  ] as const) {
    const dir = project(command, more);
    write(dir, { 'tools/train': '#!/bin/sh\n' });
    const [finding] = await baseline(dir);
    expect(finding).toMatchObject({ level: 'fail', what: expect.stringContaining('link: [tools]') });
  }
});

test('an interrupt ends the dry baseline, and leaves nothing', async () => {
  const dir = project("'sleep 60'");
  const look = await lookAtProject(dir);
  for (const when of ['before', 'while'] as const) {
    const abort = new AbortController();
    if (when === 'before') abort.abort();
    // Said just before the command is started: whichever comes first, it must end.
    const findings = await baselineOf(dir, look, abort.signal, () => setTimeout(() => abort.abort(), 50));
    expect(findings).toMatchObject([{ level: 'warn', what: 'interrupted' }]);
  }
  expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
});

test('disks: room for a night, for a trial, for nothing', () => {
  expect(diskFinding(50_000, 100_000).level).toBe('ok');
  expect(diskFinding(8000, 100_000)).toMatchObject({
    level: 'warn',
    fix: expect.stringContaining('pawl clean'),
  });
  expect(diskFinding(500, 100_000).level).toBe('fail');
  expect(diskFinding(500, 4000).level).toBe('warn');
});

test('GPUs: found, none, and a driver that does not answer', () => {
  expect(
    gpuFindings({ gpus: [{ name: 'RTX 4090', vendor: 'NVIDIA', memoryMiB: 24_564 }], why: null }),
  ).toEqual([{ area: 'gpu', level: 'ok', what: 'RTX 4090, 24 GiB', fix: null }]);
  expect(gpuFindings({ gpus: [], why: 'no GPU here' })[0]!.level).toBe('ok');
  expect(gpuFindings({ gpus: [], why: 'the driver was updated; reboot' })[0]!.level).toBe('warn');
});

test('terminals: no UTF-8, dumb, none', async () => {
  const look = (env: NodeJS.ProcessEnv, isTTY = true) => lookAtTerminal(env, isTTY, '256 colours');
  expect(await look({ LANG: 'C.UTF-8', TERM: 'xterm' })).toEqual([
    { area: 'terminal', level: 'ok', what: 'xterm, 256 colours', fix: null },
  ]);
  expect((await look({ LANG: 'C', TERM: 'xterm' }))[1]).toMatchObject({
    level: 'warn',
    what: expect.stringContaining('not UTF-8'),
  });
  expect(levels(await look({ LANG: 'C.UTF-8', TERM: 'dumb' }))).toEqual(['ok', 'warn']);
  expect(levels(await look({}, false))).toEqual(['ok']);
});

test('Ollama: gone, without the model, and as it should be', async () => {
  const ask = (proposer: string, host: string, name = 'auto') =>
    lookAtModel({
      settings: parseSettings(
        `command: x\nsurface: a\nmetric: m\nproposer: ${proposer}\nmodel: {name: "${name}", host: "${host}"}\n`,
      ),
      projectDir: '/nowhere',
      env: {},
      surface: new Map([['a', 'x = 1\n'.repeat(100)]]),
      memoryMiB: 24_000,
    });
  const gone = await ask('ollama', '127.0.0.1:1');
  expect(gone).toMatchObject([
    {
      level: 'fail',
      what: expect.stringContaining('does not answer'),
      fix: expect.stringContaining('ollama serve'),
    },
  ]);
  expect(await ask('auto', '127.0.0.1:1')).toMatchObject([
    { level: 'warn', fix: expect.stringContaining('the tuner proposes') },
  ]);
  expect(await ask('ollama', 'example.org')).toMatchObject([
    { level: 'fail', what: expect.stringContaining('not on this machine') },
  ]);
  server = await startFakeOllama({});
  const fine = await ask('ollama', server.url);
  expect(levels(fine)).not.toContain('fail');
  expect(fine.map(({ what }) => what).join('\n')).toMatch(
    /Ollama [\d.]+ at .*\n.*\ncontext of about \d+ tokens/,
  );
  expect(await ask('ollama', server.url, 'nobody:7b')).toContainEqual(
    expect.objectContaining({ level: 'fail', what: expect.stringContaining('ollama pull nobody:7b') }),
  );
});
