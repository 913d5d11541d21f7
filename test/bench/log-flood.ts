import { setTimeout as delay } from 'node:timers/promises';
import { longestGap, openClient } from './client.ts';
import { startIdleNode } from './idle-process.ts';
import { presses } from './key-to-frame.ts';
import { startLongRun } from './long-run.ts';
import type { Measure, Row } from './measure.ts';
import { percentile } from './statistics.ts';
import { cpuPercents, rssMiB } from './usage.ts';

// A trainer that prints 10,000 lines a second: who suffers? Then the terminal stops reading for a while, as on Ctrl-S
// or a hung ssh: the engine must not notice.

export const logFlood: Measure = {
  name: 'log-flood',
  async run(bench) {
    const seconds = bench.quick ? 6 : 15;
    const run = await startLongRun(bench, 10_000);
    const idle = startIdleNode();
    const rows: Row[] = [];
    const row = (measure: string, value: number, unit: string, target: number | null, against: string) =>
      rows.push({ measure, value, unit, target, against });
    const client = await openClient(run.socket);
    try {
      bench.say(`log flood, ${seconds} s`);
      await delay(3000);
      client.beats.length = 0;
      const { frames, bytes } = run.screen;
      const [screen, engine, node] = await cpuPercents([run.screen.pid, run.enginePid, idle.pid], seconds);
      const against = `idle Node ${node!.toFixed(2)} %`;
      row('log flood: screen CPU', screen!, '%', 12, against);
      row('log flood: screen frames', (run.screen.frames - frames) / seconds, '/s', null, '');
      row('log flood: screen output', (run.screen.bytes - bytes) / seconds / 1000, 'kB/s', null, '');
      row('log flood: engine CPU', engine!, '%', null, against);
      row(
        'log flood: longest gap of the heartbeat',
        longestGap(client.beats),
        'ms',
        1500,
        'a beat every 1000 ms',
      );

      bench.say('log flood: keys');
      const keys = await presses(run.screen, '?', 'Keys', '\u001B', bench.quick ? 15 : 40);
      row('log flood: key to frame, p95', percentile(keys, 0.95), 'ms', 50, `${keys.length} keys`);

      const minute = bench.quick ? 15 : 60;
      bench.say(`blocked terminal, ${minute} s`);
      const before = rssMiB(run.screen.pid);
      client.beats.length = 0;
      run.screen.pause();
      await delay(minute * 1000);
      row(
        'blocked terminal: longest gap of the heartbeat',
        longestGap(client.beats),
        'ms',
        1500,
        'a beat every 1000 ms',
      );
      row('blocked terminal: heartbeats per second', client.beats.length / minute, '/s', null, '');
      row(
        'blocked terminal: screen grows by',
        rssMiB(run.screen.pid) - before,
        'MiB',
        32,
        `${before.toFixed(0)} MiB before`,
      );
      run.screen.resume();
    } finally {
      client.close();
      idle.stop();
      await run.stop();
    }
    return rows;
  },
};
