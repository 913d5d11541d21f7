import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { contaminationOf } from '../../src/loop/contamination.ts';
import { watchLoad } from '../../src/trial/load-watch.ts';

const burners: ChildProcess[] = [];
let root: string | null = null;
afterEach(() => {
  for (const burner of burners.splice(0)) burner.kill('SIGKILL');
  if (root) rmSync(root, { recursive: true, force: true });
  root = null;
});

/** A process that takes all of a core that it can get. */
function burn(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' });
  burners.push(child);
  return child;
}

/** A make-believe /proc. */
function fakeProc() {
  root = mkdtempSync(join(tmpdir(), 'proc-'));
  const at = root;
  return {
    root: at,
    set(busy: number, idle: number, own: number, ran: number, waited: number, pid = 7) {
      writeFileSync(join(at, 'stat'), `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 1 1\n`);
      mkdirSync(join(at, `${pid}/task/${pid}`), { recursive: true });
      const fields = ['S', 1, 7, 7, 0, 0, 0, 0, 0, 0, 0, own, 0, 0, 0];
      writeFileSync(join(at, `${pid}/stat`), `${pid} (a) b) ${fields.join(' ')}`);
      writeFileSync(join(at, `${pid}/task/${pid}/schedstat`), `${ran * 1e9} ${waited * 1e9} 5\n`);
    },
  };
}

describe('from the kernel’s counters', () => {
  test('foreign cores are what is busy and not the trial; waiting is a share of its time', () => {
    const proc = fakeProc();
    const watch = watchLoad(proc.root, 4);
    // Each second 400 ticks: 100 of the trial, 200 of others; the trial waits 0.25 s for each second.
    for (let second = 0; second <= 5; second++) {
      proc.set(300 * second, 100 * second, 50 + 100 * second, 0.75 * second, 0.25 * second);
      watch.look([7], second * 1000);
    }
    expect(watch.result()).toEqual({ foreignCores: 2, waited: 0.25 });
  });

  test('whoever runs the trial is no foreign program, and its threads are not the trial’s', () => {
    const proc = fakeProc();
    const watch = watchLoad(proc.root, 4, 5000, 8);
    for (let second = 0; second <= 5; second++) {
      proc.set(300 * second, 100 * second, 50 + 100 * second, 0.75 * second, 0.25 * second);
      proc.set(300 * second, 100 * second, 9000 + 150 * second, 0.1 * second, 0.9 * second, 8);
      watch.look([7], second * 1000);
    }
    expect(watch.result()).toEqual({ foreignCores: 0.5, waited: 0.25 });
  });

  test('threads that wait a lot but hardly run have lost little time', () => {
    const proc = fakeProc();
    const watch = watchLoad(proc.root, 4);
    for (let second = 0; second <= 5; second++) {
      proc.set(100 * second, 300 * second, 0, 0.01 * second, 0.02 * second);
      watch.look([7], second * 1000);
    }
    expect(watch.result().waited).toBe(0.02);
  });

  test('of a short stretch only its own waiting is told; of none, and without the kernel’s counters, nothing', () => {
    const proc = fakeProc();
    const watch = watchLoad(proc.root, 4);
    for (let look = 0; look < 5; look++) {
      proc.set(300 * look, 100 * look, 0, 0.02 * look, 0.03 * look);
      watch.look([7], look * 50);
      if (look < 4) expect(watch.result()).toEqual({ foreignCores: null, waited: null });
    }
    expect(watch.result()).toEqual({ foreignCores: null, waited: 0.6 });
    const nowhere = watchLoad('/nowhere/at/all', 4);
    for (let look = 0; look < 9; look++) nowhere.look([7], look * 1000);
    expect(nowhere.result()).toEqual({ foreignCores: null, waited: null });
  });
});

test.each([
  [5000, 4900, false],
  [5000, 5000, true],
  [200, 180, false],
  [200, 210, true],
])('a trial of which something is said has to last %s ms: one of %s ms', (leastMs, lasted, told) => {
  const proc = fakeProc();
  const watch = watchLoad(proc.root, 4, leastMs);
  for (let look = 0; look <= 3; look++) {
    proc.set(300 * look, 100 * look, 0, 0, 0);
    watch.look([7], (lasted * look) / 3);
  }
  expect(watch.result().foreignCores).toBe(told ? 3 : null);
});

test('two looks say nothing, however far apart', () => {
  const proc = fakeProc();
  const watch = watchLoad(proc.root, 4, 200);
  for (let look = 0; look < 2; look++) {
    proc.set(300 * look, 100 * look, 0, 0, 0);
    watch.look([7], 9000 * look);
  }
  expect(watch.result().foreignCores).toBeNull();
});

// What is asserted holds whatever else this machine does: more load only adds.
test.runIf(process.platform === 'linux')(
  'real burners beside a real trial show as foreign load and as waiting',
  { timeout: 30_000 },
  async () => {
    const trial = burn();
    for (let i = 0; i < cpus().length * 2; i++) burn();
    const watch = watchLoad();
    const begun = performance.now();
    let result = watch.result();
    while (result.foreignCores === null && performance.now() - begun < 20_000) {
      watch.look([trial.pid!], performance.now());
      result = watch.result();
      await sleep(250);
    }
    expect(result.foreignCores).toBeGreaterThan(0.3 * cpus().length);
    expect(result.waited === null || result.waited > 0.2).toBe(true);
    // On a machine that is usually quiet such a trial does not count.
    const quiet = { seconds: 20, conditions: { gpus: [], foreignCores: 0, waited: 0 }, curve: [] };
    const normal = { trials: [quiet], champion: null, cores: cpus().length };
    const trialOf = { seconds: 20, conditions: { gpus: [], ...result }, curve: [] };
    const tolerated = { foreignCores: 0, heat: false };
    if (result.waited !== null)
      expect(contaminationOf(trialOf, { ...normal, tolerated })).toMatch(/^other programs took/);
  },
);
