import { setTimeout as delay } from 'node:timers/promises';
import { newsOf, openThrough } from './changing-screen.ts';
import { startLongRun } from './long-run.ts';
import type { Measure } from './measure.ts';
import { median } from './statistics.ts';
import { startCpu } from './usage.ts';

// CPU of one frame in which every pane changed, at 120x40 and ten frames a second, of a real screen process. The same
// screen without the added news is the baseline.

export const frameCost: Measure = {
  name: 'frame-cost',
  async run(bench) {
    const rounds = bench.quick ? 2 : 4;
    const frames = bench.quick ? 40 : 80;
    const run = await startLongRun(bench, 1);
    const perFrame: number[] = [];
    const percent: number[] = [];
    const rate: number[] = [];
    const quiet: number[] = [];
    const bytes: number[] = [];
    const through = await openThrough(run, bench.launcher);
    const { terminal } = through;
    try {
      bench.say(`frame cost: ${rounds} rounds of ${frames} frames`);
      let i = 0;
      const draw = async (count: number) => {
        const began = performance.now();
        for (let k = 0; k < count; k++) {
          for (const pulse of newsOf(i++)) through.add(pulse);
          await delay(Math.max(0, began + (k + 1) * 100 - performance.now()));
        }
      };
      await draw(30);
      for (let round = 0; round < rounds; round++) {
        const still = startCpu(terminal.pid);
        await delay(2000);
        quiet.push(still.percent());
        const before = { frames: terminal.frames, bytes: terminal.bytes };
        const watch = startCpu(terminal.pid);
        const began = performance.now();
        await draw(frames);
        const drawn = terminal.frames - before.frames;
        perFrame.push(watch.ms() / drawn);
        percent.push(watch.percent());
        rate.push((drawn * 1000) / (performance.now() - began));
        bytes.push((terminal.bytes - before.bytes) / drawn / 1000);
      }
    } finally {
      through.close();
      await run.stop();
    }
    const against = `the same screen without them ${median(quiet).toFixed(1)} %`;
    return [
      {
        measure: 'CPU of a frame, all panes changing, 120x40',
        value: median(perFrame),
        unit: 'ms',
        target: 8,
        against: '',
      },
      {
        measure: '  screen CPU, all panes changing at 10 Hz',
        value: median(percent),
        unit: '%',
        target: 12,
        against,
      },
      {
        measure: '  frames',
        value: median(rate),
        unit: '/s',
        target: null,
        against: '10 rounds of news a second',
      },
      { measure: '  output of a frame', value: median(bytes), unit: 'kB', target: null, against: '' },
    ];
  },
};
