import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';

// The machine's clock is set while a run goes on. Time boxes, stop rules and what counts as time do not follow it.

const preload = fileURLToPath(new URL('../harness/clock-preload.mjs', import.meta.url));
const hour = 3_600_000;

let night: Night;
beforeEach(async () => {
  night = await openNight({ project: { settings: { stop: { after: '30m' } } } });
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

const clockIs = (aheadMs: number) => {
  const path = join(night.project.home, 'clock');
  writeFileSync(`${path}.new`, String(aheadMs));
  renameSync(`${path}.new`, path);
};
const start = (...args: string[]) =>
  night.startWith(
    {
      NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`,
      TEST_CLOCK: join(night.project.home, 'clock'),
    },
    ...args,
  );

test('forward an hour, then back two: no trial is ended for it, the run does not stop for it, also not after a resume', async () => {
  night.stay(1);
  night.stay(2);
  start('run', '--headless', '-n', '4');
  await night.event('trial.started', (e) => e.n === 1);
  clockIs(hour);
  night.letGo(1);
  await night.event('trial.started', (e) => e.n === 2);
  // Engines come and go by the new clock.
  await night.killEngine();
  const again = start('resume', '--headless', '-n', '4');
  await night.event('trial.started', (e) => e.n === 2 && e.k === 1);
  clockIs(-hour);
  night.letGo(2);
  const ended = await again.ended;
  expect(ended).toMatchObject({ code: 0 });
  const jumps = night.events().flatMap((e) => (e.type === 'clock.jumped' ? [Math.round(e.byMs / 1000)] : []));
  expect(jumps).toEqual([3600, -7200]);
  const state = stateIn(night.project.directory);
  expect(state.ended).toMatchObject({ outcome: 'finished' });
  expect(state.ended!.why).toMatch(/4 experiments are decided/);
  expect(state.experiments.flatMap((e) => e.trials.map((t) => t.outcome))).not.toContain('timed-out');
  expect(state.experiments.flatMap((e) => e.trials).every((t) => (t.seconds ?? 0) < 600)).toBe(true);
  // Two hours of clock, none of them worked.
  expect(state.sittingMs).toBeLessThan(10 * 60_000);
  expect(ended.stdout).toMatch(/note: The clock was set back by 2 h 0 min/);
  expect((await night.run('list')).stdout).toMatch(
    /warned at .*: The clock went forward by 1 h 0 min at once/,
  );
}, 60_000);
