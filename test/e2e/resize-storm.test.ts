import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pty } from '../harness/pty.ts';
import { openScreen } from './key-harness.ts';
import { lookProject, lookScript } from './look-project.ts';
import { type Night, openNight } from './night.ts';
import { steer } from './steer.ts';

// A window dragged about by a hand that does not stop, in a real terminal, while a run trains.

let night: Night;
const terminals: Pty[] = [];
beforeAll(async () => {
  night = await openNight({ project: lookProject, script: lookScript });
  night.stay(3);
  night.start('run', '--headless', '--seed', '1');
  await night.event('trial.started', (e) => e.n === 3);
});
afterAll(async () => {
  for (const pty of terminals) pty.kill('SIGKILL');
  await night.end();
});

function open(columns: number, rows: number): Pty {
  const state = mkdtempSync(join(night.project.home, 'state-'));
  const pty = openScreen(night, ['attach'], { XDG_STATE_HOME: state }, [columns, rows]);
  terminals.push(pty);
  return pty;
}

/** What stays the same from second to second: no clock, no spinner, no meter. */
const still = (pty: Pty) =>
  pty.text().map((row) =>
    row
      .replace(/[\u2800-\u28ff\u2581-\u2588]/g, ' ')
      .replace(/[━─╸╺]+/g, '─')
      .replace(/\d+/g, '0')
      .replace(/ +/g, ' ')
      .trimEnd(),
  );

test('two hundred sizes, tiny ones too: the screen ends as a fresh one, and the engine does not notice', async () => {
  const pty = open(120, 40);
  await pty.waitFor(/TRAIN\s+#3/);
  const watcher = await steer(night.project.directory);
  // A linear congruential generator: the same storm every time.
  let seed = 20261120;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let i = 0; i < 200; i++) {
    const tiny = i % 10 === 0;
    pty.resize(tiny ? 1 + random(30) : 20 + random(220), tiny ? 1 + random(8) : 5 + random(70));
    // Some sizes last for a frame, some for no time at all.
    await delay([0, 0, 5, 40][random(4)]);
  }
  for (const [columns, rows] of [
    [100, 28],
    [59, 15],
    [90, 50],
    [200, 60],
    [120, 40],
  ] as const) {
    pty.resize(columns, rows);
    const fresh = open(columns, rows);
    await fresh.waitFor(columns < 60 ? /60.*16/ : /TRAIN\s+#3/);
    await pty
      .waitFor(() => {
        const [a, b] = [still(pty), still(fresh)];
        return a.length === b.length && a.every((row, y) => row === b[y]);
      }, 15_000)
      .catch((error: Error) => {
        throw new Error(`${columns}x${rows}: ${error.message}\nfresh:\n${fresh.screen()}`);
      });
    fresh.kill('SIGKILL');
  }
  expect(night.engine()).not.toBeNull();
  const beats = watcher.pulses.flatMap((pulse) => (pulse.type === 'heartbeat' ? [pulse.at] : []));
  const gaps = beats.slice(1).map((at, i) => at - beats[i]!);
  expect(gaps.length).toBeGreaterThan(0);
  // One a second by the engine's own clock; a busy machine may make some late.
  expect(Math.max(...gaps)).toBeLessThan(5000);
  watcher.close();
});
