import { setTimeout as delay } from 'node:timers/promises';
import { presses } from './key-to-frame.ts';
import { type LongRun, startLongRun } from './long-run.ts';
import type { Measure, Row } from './measure.ts';
import { median, percentile } from './statistics.ts';
import { cpuPercents, rssMiB } from './usage.ts';

// The same training, the same log: once with nothing behind it and once with weeks. A night that gets slower or larger
// with every experiment shows here as a ratio.

const weeks = { experiments: 10_000, logLines: 1_000_000 };

export const longHistory: Measure = {
  name: 'long-history',
  async run(bench) {
    const seconds = bench.quick ? 8 : 20;
    bench.say(`history: ${weeks.experiments} experiments and ${weeks.logLines} lines are made`);
    const young = await startLongRun(bench, 3);
    try {
      const old = await startLongRun(bench, 3, weeks);
      try {
        const rows: Row[] = [];
        const compare = (measure: string, values: [number, number], unit: string, target: number) => {
          const [before, after] = values;
          const against = `with six experiments ${before.toFixed(2)} ${unit}`;
          rows.push({ measure: `10,000 experiments: ${measure}`, value: after, unit, target: null, against });
          rows.push({ measure: '  as a ratio', value: after / before, unit: 'x', target, against: '' });
        };
        await delay(bench.quick ? 5000 : 10_000);
        const took = await settled(old, young);
        rows.push({
          measure: '10,000 experiments: resumed and a million lines read after',
          value: took,
          unit: 's',
          target: null,
          against: `at most ${mostSettling} s are waited`,
        });
        bench.say(`history: both are watched, ${seconds} s`);
        const before = [young.screen.bytes, old.screen.bytes];
        const pids = [young.screen.pid, old.screen.pid, young.enginePid, old.enginePid];
        const cpu = await cpuPercents(pids, seconds);
        const rss = pids.map(rssMiB);
        const rate = (run: LongRun, from: number) => (run.screen.bytes - from) / seconds / 1000;
        compare('screen CPU', [cpu[0]!, cpu[1]!], '%', 1.25);
        compare('screen memory', [rss[0]!, rss[1]!], 'MiB', 1.5);
        compare('screen output', [rate(young, before[0]!), rate(old, before[1]!)], 'kB/s', 1.25);
        compare('engine CPU', [cpu[2]!, cpu[3]!], '%', 1.25);
        compare('engine memory', [rss[2]!, rss[3]!], 'MiB', 1.5);
        bench.say('history: keys and first frames');
        const keys = async (run: LongRun) =>
          percentile(await presses(run.screen, '?', 'Keys', '\u001B', bench.quick ? 15 : 30), 0.95);
        compare('key to frame, p95', [await keys(young), await keys(old)], 'ms', 1.5);
        compare('first frame of attach', [await firstFrames(young), await firstFrames(old)], 'ms', 1.5);
        return rows;
      } finally {
        await old.stop();
      }
    } finally {
      await young.stop();
    }
  },
};

async function firstFrames(run: LongRun): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < 4; i++) {
    const began = performance.now();
    const terminal = run.attach();
    const shown = (await terminal.next('/30:00', 60_000)) - began;
    terminal.write('q');
    await terminal.exit;
    if (i > 0) took.push(shown);
  }
  return median(took);
}

const mostSettling = 75;
/** Percent of a core by which two engines that do the same may differ. */
const alike = 0.4;
/** V8 collects what reading a long past has left 8 s after it grew quiet, and once or twice more: for so long nothing may come. s */
const quietFor = 12;

/**
 * Waits until the engine has read the long log and looked into all old refs, and V8 has tidied up after it: what comes
 * once is not what a night costs. @returns s
 */
async function settled(old: LongRun, young: LongRun): Promise<number> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  for (let quiet = 0; quiet < quietFor && seconds() < mostSettling; ) {
    const [busy, usual] = await cpuPercents([old.enginePid, young.enginePid], 4);
    quiet = busy! < usual! + alike ? quiet + 4 : 0;
  }
  return seconds();
}
