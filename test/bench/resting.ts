import { setTimeout as delay } from 'node:timers/promises';
import { eventsIn, until } from '../e2e/run-pawl.ts';
import { openClient } from './client.ts';
import { startIdleNode } from './idle-process.ts';
import { startLongRun } from './long-run.ts';
import type { Measure, Row } from './measure.ts';
import { cpuPercents, rssMiB } from './usage.ts';

// What pawl takes from the machine while it only watches: a training with 3 log lines and one GPU sample a second, and
// a held run. Screen and engine are measured over the same seconds, beside a Node that does nothing.

export const resting: Measure = {
  name: 'resting',
  async run(bench) {
    const seconds = bench.quick ? 8 : 20;
    const run = await startLongRun(bench, 3);
    const idle = startIdleNode();
    const rows: Row[] = [];
    try {
      const watch = async (state: string, screenTarget: number, engineTarget: number | null) => {
        bench.say(`resting: ${state}, ${seconds} s`);
        await delay(bench.quick ? 3000 : 8000);
        const { bytes, frames } = run.screen;
        const [screen, engine, node] = await cpuPercents([run.screen.pid, run.enginePid, idle.pid], seconds);
        const against = `idle Node ${node!.toFixed(2)} %, ${rssMiB(idle.pid).toFixed(0)} MiB`;
        const row = (measure: string, value: number, unit: string, target: number | null) =>
          rows.push({ measure: `${state}: ${measure}`, value, unit, target, against });
        row('screen CPU', screen!, '%', screenTarget);
        row('screen frames', (run.screen.frames - frames) / seconds, '/s', null);
        row(
          'screen output',
          (run.screen.bytes - bytes) / seconds / 1000,
          'kB/s',
          state === 'training' ? 4 : 1,
        );
        row('screen memory', rssMiB(run.screen.pid), 'MiB', 160);
        row('engine CPU', engine!, '%', engineTarget);
        row('engine memory', rssMiB(run.enginePid), 'MiB', 90);
      };
      await watch('training', 3, 0.5);
      const client = await openClient(run.socket);
      client.command({ type: 'hold', when: 'now' });
      await until('the run is held', () => eventsIn(run.place.directory).some((e) => e.type === 'run.held'));
      client.close();
      await watch('held', 0.5, 0.5);
    } finally {
      idle.stop();
      await run.stop();
    }
    return rows;
  },
};
