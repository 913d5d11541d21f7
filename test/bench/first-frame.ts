import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { startLongRun } from './long-run.ts';
import type { Measure } from './measure.ts';
import { median } from './statistics.ts';

// From the spawn of `pawl attach` to the first complete frame on the terminal: one that shows the run's experiments.

export const firstFrame: Measure = {
  name: 'first-frame',
  async run(bench) {
    const run = await startLongRun(bench, 3);
    const own: number[] = [];
    const node: number[] = [];
    try {
      bench.say('first frame');
      for (let i = 0; i < (bench.quick ? 4 : 8); i++) {
        await delay(300);
        const began = performance.now();
        const terminal = run.attach();
        const shown = (await terminal.next('/30:00')) - began;
        // Left as a person does: only a process that ends by itself leaves its compile cache to the next one.
        terminal.write('q');
        await terminal.exit;
        const bare = await nothing();
        // The first one fills the compile cache.
        if (i === 0) continue;
        own.push(shown);
        node.push(bare);
      }
    } finally {
      await run.stop();
    }
    const against = `node -e 0: ${median(node).toFixed(0)} ms`;
    return [
      {
        measure: `first complete frame of pawl attach (median of ${own.length})`,
        value: median(own),
        unit: 'ms',
        target: 250,
        against,
      },
      { measure: '  fastest', value: Math.min(...own), unit: 'ms', target: null, against },
      { measure: '  as a ratio', value: median(own) / median(node), unit: 'x', target: null, against },
    ];
  },
};

/** Spawn to exit of a Node that does nothing, ms. */
function nothing(): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  return new Promise((resolve) => child.once('exit', () => resolve(performance.now() - began)));
}
