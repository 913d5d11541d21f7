import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalRunner } from '../../src/trial/local-runner.ts';
import type { Bwrap } from '../../src/trial/sandbox/layout.ts';
import { plainMetric } from '../harness/plain-metric.ts';

/** Median time of a trial that does nothing, from the call to the result, ms. */
export async function trialMs(bwraps: readonly (Bwrap | null)[], repeats = 40): Promise<number[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-cost-')));
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  const times: number[][] = bwraps.map(() => []);
  try {
    // In turns, so that a busy moment of the machine meets all of them.
    for (let i = 0; i < repeats; i++) {
      for (const [at, bwrap] of bwraps.entries()) {
        const runner = createLocalRunner({
          shelter: { bwrap, setpriv: null, emptyFolder: join(root, 'empty') },
        });
        const begun = performance.now();
        const trial = await runner.start(
          {
            n: 1,
            k: 0,
            cwd,
            command: 'echo METRIC score=1',
            settings: {
              budgetMs: 1000,
              timeoutMs: 10_000,
              progress: 'auto',
              metric: plainMetric('score'),
            },
            logPath: join(root, 'trial.log'),
            cacheDir: join(root, 'cache'),
            outDir: join(root, 'out'),
            cookie: 'cost',
            seed: 1,
          },
          { log() {}, curve() {}, memory() {} },
        );
        await trial.result;
        times[at]!.push(performance.now() - begun);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
}
