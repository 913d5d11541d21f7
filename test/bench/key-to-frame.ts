import { setTimeout as delay } from 'node:timers/promises';
import { startLongRun } from './long-run.ts';
import type { Bench, Measure, Row } from './measure.ts';
import { percentile } from './statistics.ts';
import { openTerminal, type Terminal } from './terminal.ts';

// From a key's byte into the terminal to the first byte of the frame that shows its effect: `?` opens the list of keys,
// whose title is in no other frame. Pressed at moments that have nothing to do with the screen's own rhythm.

export const keyToFrame: Measure = {
  name: 'key-to-frame',
  async run(bench) {
    return [...(await under(bench, 'idle', 1)), ...(await under(bench, '10 Hz', 10))];
  },
};

async function under(bench: Bench, load: string, linesPerSecond: number): Promise<Row[]> {
  const count = bench.quick ? 15 : 40;
  bench.say(`key to frame, ${load}: ${count} keys`);
  const run = await startLongRun(bench, linesPerSecond);
  const echo = openTerminal('/bin/cat', [], run.place);
  try {
    await delay(3000);
    const own = await presses(run.screen, '?', 'Keys', '\u001B', count);
    const anchor = await presses(echo, '?', '?', '', count);
    const against = `echo of cat ${percentile(anchor, 0.95).toFixed(1)} ms (p95)`;
    return [
      {
        measure: `key to frame, ${load}: p50`,
        value: percentile(own, 0.5),
        unit: 'ms',
        target: null,
        against,
      },
      {
        measure: `key to frame, ${load}: p95`,
        value: percentile(own, 0.95),
        unit: 'ms',
        target: 50,
        against,
      },
    ];
  } finally {
    echo.kill();
    await run.stop();
  }
}

/** Times of `count` presses of a key, ms. @param back takes it back */
export async function presses(terminal: Terminal, key: string, shown: string, back: string, count: number) {
  const out: number[] = [];
  for (let i = -2; i < count; i++) {
    await delay(90 + ((i * 37) % 83));
    const frame = terminal.next(shown);
    const began = performance.now();
    terminal.write(key);
    const took = (await frame) - began;
    if (i >= 0) out.push(took);
    await delay(60);
    terminal.write(back);
    // Escape is told from a longer sequence by silence.
    await delay(80);
  }
  return out;
}
