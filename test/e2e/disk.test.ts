import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readJournal } from '../../src/journal/read.ts';
import { createTemporaryProject, type TemporaryProject } from '../harness/temporary-project.ts';
import { journalFaults } from './night.ts';
import { launcher } from './run-pawl.ts';

// Real small and read-only disks, in a mount namespace of their own that ends with the test.

const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

let project: TemporaryProject;
afterEach(() => project?.remove());

/** Runs a shell script as root of its own user and mount namespace; `$PAWL` starts pawl, `$DISK` is where to mount. */
function inNamespace(script: string) {
  const disk = join(project.home, 'disk');
  mkdirSync(disk, { recursive: true });
  const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', `set -e\n${script}`], {
    cwd: project.directory,
    env: {
      ...project.env,
      DISK: disk,
      PROJECT: project.directory,
      PAWL: `${process.execPath} ${launcher}`,
    },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

const make = (settings: Record<string, unknown> = {}) => {
  project = createTemporaryProject({ trialMs: 10, settings: { proposer: 'tuner', ...settings } });
};

describe.runIf(canMount)('a disk', () => {
  test('that is read-only: one message, exit 3', () => {
    make();
    const ran = inNamespace(
      'mount --bind "$PROJECT" "$PROJECT"; mount -o remount,bind,ro "$PROJECT"; cd "$PROJECT"; $PAWL run --headless -n 1',
    );
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^pawl: cannot write .*: the folder is read-only[^\n]*\n$/);
  });

  test('that is full before the start: one message, exit 3, nothing left behind', () => {
    make();
    const ran = inNamespace(`
      mount -t tmpfs -o size=8m tmpfs "$DISK"; cp -r "$PROJECT/." "$DISK"; cd "$DISK"
      dd if=/dev/zero of=fill bs=64k 2>/dev/null || true
      git for-each-ref >$HOME/before; ls -A >>$HOME/before
      code=0; $PAWL run --headless -n 1 || code=$?
      git for-each-ref >$HOME/after; ls -A | grep -v '^.pawl$' >>$HOME/after; ls -A .pawl/runs >>$HOME/after 2>/dev/null || true
      exit $code`);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/0\.\d MiB free of 8\.0 MiB: too little for a trial/);
    expect(ran.stderr).not.toMatch(/\n\s+at |the engine failed/);
    expect(readFileSync(join(project.home, 'after'), 'utf8')).toBe(
      readFileSync(join(project.home, 'before'), 'utf8'),
    );
  });

  test.each([
    ['full', 'size=64k,nr_inodes=2', /disk is full/],
    ['read-only', 'ro', /read-only|EROFS/],
  ])('for the socket that is %s: one message, exit 3, and no run has begun', (_, options, why) => {
    make();
    const ran = inNamespace(`
      mount -t tmpfs -o mode=700,${options.replace('ro', 'size=64k')} tmpfs "$XDG_RUNTIME_DIR"
      ${options === 'ro' ? 'mkdir -m 700 "$XDG_RUNTIME_DIR/pawl"; mount -o remount,ro "$XDG_RUNTIME_DIR"' : ''}
      code=0; $PAWL run --headless -n 1 || code=$?
      git for-each-ref | grep pawl && exit 9
      ls .pawl/runs | grep . && exit 8
      umount "$XDG_RUNTIME_DIR"
      $PAWL run --headless -n 1 >"$HOME/out" || exit 7
      exit $code`);
    expect(ran.stderr).toMatch(/^pawl: cannot listen in /m);
    expect(ran.stderr).toMatch(why);
    expect(ran.stderr).not.toMatch(/\n\s+at |the engine failed/);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
  });

  test('that a trial fills itself: its own fault, and nothing of it stays', () => {
    make({
      command:
        'node train.mjs && if [ "$PAWL_EXPERIMENT" = 1 ]; then exec cat /dev/zero >"$PAWL_OUT_DIR/fill"; fi',
    });
    const ran = inNamespace(`
      mount -t tmpfs -o size=24m tmpfs "$DISK"; cp -r "$PROJECT/." "$DISK"; cd "$DISK"
      code=0; $PAWL run --headless -n 2 --seed 4 --no-sandbox >"$HOME/out" || code=$?
      ls .pawl/runs/*/experiments/1/out-*/fill >"$HOME/left" 2>/dev/null || true
      exit $code`);
    const out = readFileSync(join(project.home, 'out'), 'utf8');
    expect(ran, out + ran.stderr).toMatchObject({ code: 0 });
    expect(out).toMatch(/#001 .*(disk|output) flood/);
    expect(out).not.toMatch(/HELD/);
    expect(readFileSync(join(project.home, 'left'), 'utf8')).toBe('');
  });

  test('that somebody else fills: held with the reason, no verdict, and it goes on when there is room', () => {
    make({
      command:
        'node train.mjs && if [ "$PAWL_EXPERIMENT" = 1 ] && ! [ -e "$HOME/freed" ]; then exec cat /dev/zero >"$DISK/fill"; fi',
    });
    const ran = inNamespace(`
      mount -t tmpfs -o size=24m tmpfs "$DISK"; cp -r "$PROJECT/." "$DISK"; cd "$DISK"
      (until grep -q HELD "$HOME/out"; do sleep 0.05; done; touch "$HOME/freed"; rm "$DISK/fill") &
      code=0; $PAWL run --headless -n 2 --seed 4 --no-sandbox >"$HOME/out" || code=$?
      cp .pawl/runs/*/journal.jsonl .pawl/runs/*/results.tsv "$HOME"
      exit $code`);
    const out = readFileSync(join(project.home, 'out'), 'utf8');
    expect(ran, out + ran.stderr).toMatchObject({ code: 0 });
    expect(out).toMatch(/HELD .*disk/);
    const { events } = readJournal(join(project.home, 'journal.jsonl'));
    expect(journalFaults(events)).toEqual([]);
    expect(events.find((e) => e.type === 'run.held')).toMatchObject({ by: 'engine', kind: 'disk' });
    const trials = events.flatMap((e) => (e.type === 'trial.ended' && e.n === 1 ? [e.outcome] : []));
    expect(trials.slice(0, 2)).toEqual(['void', 'ok']);
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', outcome: 'finished' });
    expect(readFileSync(join(project.home, 'results.tsv'), 'utf8').trim().split('\n').length).toBeGreaterThan(
      1,
    );
  });
});

test.runIf(process.getuid?.() !== 0)('a project folder without write permission: one message, exit 3', () => {
  make();
  const ran = spawnSync(
    'sh',
    ['-c', `chmod a-w . && ${process.execPath} ${launcher} run --headless; code=$?; chmod u+w .; exit $code`],
    {
      cwd: project.directory,
      env: project.env,
      encoding: 'utf8',
    },
  );
  expect(ran.status).toBe(3);
  expect(ran.stderr).toMatch(/read-only|cannot write/);
});

test.runIf(process.getuid?.() === 0)('a project of root, run by another user: one message, exit 3', () => {
  make();
  const copy = join(project.home, '..', 'theirs');
  cpSync(project.directory, copy, { recursive: true });
  appendFileSync(join(project.home, '.gitconfig'), '[safe]\n\tdirectory = *\n');
  const runtime = join(project.home, '..', 'runtime');
  mkdirSync(runtime);
  spawnSync('chmod', ['-R', 'a+rX', join(project.home, '..')]);
  spawnSync('chown', ['65534', runtime]);
  spawnSync('chmod', ['700', runtime]);
  const ran = spawnSync(
    'setpriv',
    ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, launcher, 'run', '--headless'],
    { cwd: copy, env: { ...project.env, XDG_RUNTIME_DIR: runtime }, encoding: 'utf8' },
  );
  expect(ran.stderr).toMatch(/^pawl: cannot write .*: the folder is read-only[^\n]*\n$/);
  expect(ran).toMatchObject({ status: 3, stdout: '' });
});
