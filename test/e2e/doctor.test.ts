import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findProgram } from '../../src/gpu/find-program.ts';
import type { Finding } from '../../src/protocol/findings.ts';
import { type FakeOllama, startFakeOllama } from '../harness/fake-ollama/start-fake-ollama.ts';
import {
  createTemporaryProject,
  type TemporaryProject,
  type TemporaryProjectOptions,
} from '../harness/temporary-project.ts';
import { runPawl, tagsIn } from './run-pawl.ts';

// What the doctor says is what a run does: exit 3 where it could not start, and then with the way out.

let ollama: FakeOllama | null = null;
let project: TemporaryProject;
afterEach(async () => {
  await ollama?.close();
  ollama = null;
  project.remove();
});

const look = async (...args: string[]) => {
  const ran = await runPawl(project, 'doctor', '--json', ...args);
  const findings = ran.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Finding);
  return { ...ran, findings, failures: findings.filter(({ level }) => level === 'fail') };
};

interface Broken {
  settings?: TemporaryProjectOptions['settings'];
  git?: TemporaryProjectOptions['git'];
  models?: string[];
  harm?(): void;
}

const cases: [name: string, broken: Broken, area: Finding['area'], wayOut: RegExp][] = [
  ['no repository', { git: 'none' }, 'git', /git init/],
  ['a repository without commits', { git: 'no-commits' }, 'git', /git add .*git commit/],
  ['no pawl.yaml', { harm: () => rmSync(join(project.directory, 'pawl.yaml')) }, 'config', /pawl init/],
  ['an unknown key', { settings: { budgit: '5m' } }, 'config', /budgit: unknown key\. Did you mean 'budget'/],
  [
    'a surface that matches nothing',
    { settings: { surface: ['trian.mjs'] } },
    'surface',
    /Did you mean train\.mjs/,
  ],
  [
    'a surface with changes that are not committed',
    { harm: () => project.write('train.mjs', '// half an idea\n') },
    'surface',
    /git .*commit/,
  ],
  [
    'an input that is missing',
    { settings: { link: ['data'] } },
    'inputs',
    /Put the input there, or remove it/,
  ],
  [
    'instructions that are a secret',
    { settings: { instructions: '.env' }, harm: () => project.write('.env', 'TOKEN=1\n') },
    'config',
    /Put a text of its own into the project/,
  ],
  ['no Ollama, where it is asked for', { settings: { proposer: 'ollama' } }, 'model', /ollama serve/],
  [
    'a model that is not there',
    { models: ['other:7b'], settings: { proposer: 'ollama', model: 'wanted:7b' } },
    'model',
    /ollama pull wanted:7b/,
  ],
  [
    'sandbox: off, with nobody there to agree',
    { settings: { sandbox: 'off' }, harm: () => disagree() },
    'sandbox',
    /sandbox: auto.* pawl run --no-sandbox/s,
  ],
  [
    'no sandbox on this machine, with nobody there to agree',
    {
      settings: { sandbox: 'auto' },
      harm: () => {
        disagree();
        withoutProgram('bwrap');
      },
    },
    'sandbox',
    /install .*bubblewrap/i,
  ],
  [
    'a model on another machine, with nobody there to agree',
    { settings: { proposer: 'ollama', model: { host: 'http://192.0.2.1:11434', allow_remote: true } } },
    'model',
    /192\.0\.2\.1:11434/,
  ],
  [
    'a sandbox that is asked for and missing',
    { settings: { sandbox: 'bubblewrap' }, harm: () => withoutProgram('bwrap') },
    'sandbox',
    /install .*bubblewrap/i,
  ],
];

/** The harness has agreed to no sandbox for its projects. */
const disagree = () => rmSync(join(project.env.XDG_CONFIG_HOME!, 'pawl'), { recursive: true });

/** A PATH on which everything is that a run needs, save one program. */
function withoutProgram(missing: string): void {
  const bin = join(project.home, 'bin');
  mkdirSync(bin);
  const needed = ['git', 'node', 'sh', 'env', 'setpriv', 'ps'].filter((name) => name !== missing);
  for (const name of needed) {
    const path = name === 'node' ? process.execPath : findProgram(name, process.env, []);
    if (path) symlinkSync(path, join(bin, name));
  }
  project.env.PATH = [bin].join(delimiter);
}

test.each(cases)(
  '%s: the doctor fails with the way out, and a run does not start',
  async (_, broken, area, wayOut) => {
    if (broken.models)
      ollama = await startFakeOllama({ models: broken.models.map((name) => ({ name })), script: [] });
    project = createTemporaryProject({
      trialMs: 5,
      ...(broken.git ? { git: broken.git } : {}),
      ...(ollama ? { env: { OLLAMA_HOST: ollama.url } } : {}),
      settings: { proposer: 'tuner', ...broken.settings },
    });
    broken.harm?.();
    const { code, failures, stdout } = await look('--quick');
    expect(code, stdout).toBe(3);
    const told = failures.filter((finding) => finding.area === area);
    expect(told, stdout).not.toEqual([]);
    expect(told.map(({ what, fix }) => `${what} ${fix ?? ''}`).join('\n')).toMatch(wayOut);
    const ran = await runPawl(project, 'run', '--headless', '-n', '1');
    expect([2, 3]).toContain(ran.code);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(wayOut);
    expect(tagsIn(project.directory)).toEqual([]);
  },
);

test('a command that fails: the quick look cannot know, the whole one says what it printed, with exit 3', async () => {
  project = createTemporaryProject({
    settings: { proposer: 'tuner', command: 'echo "ModuleNotFoundError: torch" >&2; exit 1' },
  });
  expect((await look('--quick')).code).toBe(0);
  const { code, failures } = await look();
  expect(code).toBe(3);
  expect(failures).toMatchObject([
    {
      area: 'baseline',
      what: expect.stringMatching(/exit 1.*torch/),
      fix: expect.stringMatching(/^Try it by hand, in a fresh clone: echo/),
    },
  ]);
  const ran = await runPawl(project, 'run', '--headless', '-n', '1');
  expect(ran).toMatchObject({ code: 3 });
});

test('a project that can run: nothing fails, exit 0, and it does run', async () => {
  project = createTemporaryProject({ trialMs: 5, settings: { proposer: 'tuner' } });
  const { code, failures, stdout } = await look();
  expect(failures, stdout).toEqual([]);
  expect(code).toBe(0);
  expect(await runPawl(project, 'run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
});
