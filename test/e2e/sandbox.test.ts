import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProc } from '../../src/trial/process-table.ts';
import { probeSandbox } from '../../src/trial/sandbox/probe.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { constant, openNight } from './night.ts';
import { eventsIn, runFolder, runPawl, stateIn, tagsIn, until } from './run-pawl.ts';

const bwrap = hasProc ? (await probeSandbox()).bwrap : null;

/** A PATH with every program of the real one but these. */
function pathWithout(folder: string, ...missing: string[]): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'node', 'git', 'sleep', 'cat', 'setpriv', 'ps'].filter(
    (n) => !missing.includes(n),
  )) {
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .map((at) => join(at, name))
      .find(existsSync);
    if (found) symlinkSync(found, join(bin, name));
  }
  return bin;
}

let project: TemporaryProject | null = null;
afterEach(() => {
  project?.remove();
  project = null;
});

describe.skipIf(bwrap === null)('with bubblewrap', () => {
  it('a run says so in its journal, its lines and its list, and a check is inside too', async () => {
    project = createTemporaryProject({
      trialMs: 5,
      settings: {
        sandbox: 'auto',
        proposer: 'tuner',
        check: '[ ! -e "$HOME/.ssh/key" ] && [ "$TMPDIR" = /tmp ]',
      },
    });
    mkdirSync(join(project.home, '.ssh'));
    writeFileSync(join(project.home, '.ssh/key'), 'secret');
    const ran = await runPawl(project, 'run', '--headless', '-n', '2', '--seed', '1');
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/sandbox bubblewrap \d/);
    const state = stateIn(project.directory);
    expect(state.sandbox).toMatchObject({ level: 'bubblewrap' });
    expect(state.experiments.map((e) => e.verdict)).not.toContain('rejected');
    expect((await runPawl(project, 'list')).stdout).toMatch(/^sandbox: bubblewrap \d/m);
    // Turned off for the going on: the journal follows.
    const again = await runPawl(project, 'resume', '--headless', '-n', '3', '--no-sandbox');
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(stateIn(project.directory).sandbox).toMatchObject({
      level: 'off',
      why: expect.stringMatching(/--no-sandbox/),
    });
  });

  it('what a discarded experiment left in the compiler cache, no other finds', async () => {
    const night = await openNight({
      script: (_, index) => constant('LEARNING_RATE', index === 0 ? 0.0001 : 0.03),
      project: {
        settings: {
          sandbox: 'auto',
          command:
            'cache="$TRITON_CACHE_DIR"; mkdir -p "$cache"; echo "found: $(ls "$cache" | tr "\\n" " ")"; touch "$cache/by-$PAWL_EXPERIMENT"; node train.mjs',
        },
      },
    });
    try {
      const ran = await night.run('run', '--headless', '-n', '2', '--seed', '1');
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'discarded' });
      const found = (n: number, k: number) =>
        /^found: (.*?) ?$/m.exec(
          readFileSync(join(runFolder(night.project.directory), `experiments/${n}/trial-${k}.log`), 'utf8'),
        )?.[1];
      expect([found(0, 0), found(0, 1), found(1, 0), found(2, 0)]).toEqual(['', 'by-0', 'by-0', 'by-0']);
    } finally {
      await night.end();
    }
  });

  it('kill -9 of the engine leaves nothing, at once and without a resume', async () => {
    const night = await openNight({
      project: {
        settings: { sandbox: 'auto', command: 'node train.mjs && (setsid env -i sleep 600 &) && sleep 600' },
      },
    });
    try {
      night.start('run', '--headless', '-n', '1');
      const started = await night.event('trial.started');
      const inside = () => descendants(started.process.pid).length;
      await until('the trial is in the middle', () => inside() >= 5);
      const all = descendants(started.process.pid);
      await night.killEngine();
      await until(
        'nothing of it lives',
        () => all.every((pid) => !alive(pid)) && !alive(started.process.pid),
      );
    } finally {
      await night.end();
    }
  });
});

function descendants(pid: number): number[] {
  const children = (of: number): number[] => {
    try {
      return readFileSync(`/proc/${of}/task/${of}/children`, 'latin1')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number);
    } catch {
      return [];
    }
  };
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

describe('what comes with the repository is not the user', () => {
  const stranger = (settings: Record<string, unknown>, files: Record<string, string> = {}) => {
    project = createTemporaryProject({ trialMs: 5, settings: { proposer: 'tuner', ...settings }, files });
    rmSync(join(project.env.XDG_CONFIG_HOME!, 'pawl'), { recursive: true });
    return project;
  };

  it('a pawl.yaml that turns the sandbox off needs a yes, or --no-sandbox', async () => {
    const place = stranger({ sandbox: 'off', command: 'touch "$HOME/reached"; node train.mjs' });
    const ran = await runPawl(place, 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringMatching(/asks for sandbox: off/) });
    expect(existsSync(join(place.home, 'reached'))).toBe(false);
    expect(tagsIn(place.directory)).toEqual([]);
    await runPawl(place, 'doctor');
    if (bwrap) expect(existsSync(join(place.home, 'reached'))).toBe(false);
    const meant = await runPawl(place, 'run', '--headless', '-n', '1', '--no-sandbox');
    expect(meant, meant.stderr).toMatchObject({ code: 0 });
  });

  it('a pawl.yaml that sends the code to another machine needs a yes', async () => {
    const model = { host: 'http://192.0.2.1:11434', allow_remote: true };
    const place = stranger({ sandbox: 'auto', proposer: 'ollama', model });
    const ran = await runPawl(place, 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/192\.0\.2\.1.*\n.*would be sent there/),
    });
    const looked = await runPawl(place, 'doctor');
    expect(looked.stdout).toMatch(/192\.0\.2\.1:11434 is another machine/);
  });

  it('a .pawl folder that git tracks is somebody else’s, to run in and to read', async () => {
    const place = stranger({ sandbox: 'auto' }, { '.pawl/runs/theirs/journal.jsonl': '{}\n' });
    const ran = await runPawl(place, 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringMatching(/git rm -r --cached/) });
    for (const args of [
      ['list'],
      ['show', '0'],
      ['attach'],
      ['clean', '--yes'],
      ['adopt'],
      ['replay'],
      ['shot'],
      ['verify'],
    ])
      expect(await runPawl(place, ...args), args[0]).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(/git tracks files in .*\.pawl, so they came with the repository/),
      });
    expect(existsSync(join(place.directory, '.pawl/runs/theirs/journal.jsonl'))).toBe(true);
  });

  it('the same for a .pawl that is a submodule', async () => {
    const place = stranger({ sandbox: 'auto' });
    place.write('.pawl/runs/theirs/journal.jsonl', '{}\n');
    place.git('update-index', '--add', '--cacheinfo', `160000,${place.git('rev-parse', 'HEAD')},.pawl`);
    const listed = await runPawl(place, 'list');
    expect(listed).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/came with the repository/),
    });
  });
});

describe.skipIf(!hasProc)('without bubblewrap', () => {
  const open = (settings: Record<string, unknown> = {}) => {
    project = createTemporaryProject({
      trialMs: 5,
      settings: { sandbox: 'auto', proposer: 'tuner', ...settings },
    });
    rmSync(join(project.env.XDG_CONFIG_HOME!, 'pawl'), { recursive: true });
    project.env.PATH = pathWithout(project.home, 'bwrap');
    return project;
  };

  it('nobody to ask: exit 3 with the exact fix, and nothing is left behind', async () => {
    const place = open();
    const ran = await runPawl(place, 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stderr).toMatch(/no sandbox: bubblewrap is not installed/);
    expect(ran.stderr).toMatch(/apt install bubblewrap/);
    expect(ran.stderr).toMatch(/--no-sandbox/);
    expect(place.git('branch', '--list', 'pawl/*')).toBe('');
  });

  it('sandbox: bubblewrap is not negotiable', async () => {
    const ran = await runPawl(open({ sandbox: 'bubblewrap' }), 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stderr).toMatch(/pawl\.yaml asks for sandbox: bubblewrap, but bubblewrap is not installed/);
  });

  it.each([
    ['--no-sandbox', ['--no-sandbox'], '', /turned off by --no-sandbox/],
    ['consent in the own settings', [], 'consent:\n  no_sandbox: true\n', /you agreed to go without/],
  ])('%s: it runs, with the next best', async (_what, options, config, why) => {
    const place = open();
    if (config !== '') {
      mkdirSync(join(place.env.XDG_CONFIG_HOME!, 'pawl'), { recursive: true });
      writeFileSync(join(place.env.XDG_CONFIG_HOME!, 'pawl/config.yaml'), config);
    }
    const ran = await runPawl(place, 'run', '--headless', '-n', '1', ...options);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/NO SANDBOX/);
    expect(stateIn(place.directory).sandbox).toMatchObject({ level: 'off', why: expect.stringMatching(why) });
  });

  it('the demo needs nobody: the tuner changes numbers of its own code', async () => {
    const place = open();
    const dir = join(place.home, 'demo');
    const ran = await runPawl(
      place,
      'demo',
      '--dir',
      dir,
      '--headless',
      '-n',
      '1',
      '--budget',
      '1s',
      '--verify',
      '0',
    );
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const started = eventsIn(dir)[0]!;
    expect(started).toMatchObject({
      type: 'run.started',
      proposer: { kind: 'tuner' },
      sandbox: { level: 'off' },
    });
    // Its training takes its time on a busy machine.
  }, 120_000);

  it('a bubblewrap that is refused is told with what it said', async () => {
    const place = open();
    const fake = join(place.env.PATH!, 'bwrap');
    writeFileSync(fake, '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n');
    chmodSync(fake, 0o755);
    const ran = await runPawl(place, 'run', '--headless', '-n', '1');
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stderr).toMatch(/cannot work here: setting up uid map: Permission denied/);
  });
});
