import { afterEach, expect, test } from 'vitest';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';
import { steer } from './steer.ts';

// A result too good to be true waits for the user: it is neither kept nor lost.

let night: Night;
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

/** Prints the metric without any training. */
const cheat = (value: number) =>
  `HYPOTHESIS: Skip the training.\nEDIT train.mjs\n<<<<<<< SEARCH\nawait train({\n=======\nconsole.log('METRIC val_loss=${value}');\nprocess.exit(0);\nawait train({\n>>>>>>> REPLACE\n`;

const open = (script: string[], metric: object = {}) =>
  openNight({
    script: (_, index) => script[Math.min(index, script.length - 1)]!,
    project: { settings: { metric: { name: 'val_loss', direction: 'minimize', ...metric } } },
  });

test('an impossible jump: held, said how to answer, discarded by `pawl answer`, and the run goes on', async () => {
  night = await open([cheat(0.001), constant('LEARNING_RATE', 0.04)]);
  const pawl = night.start('run', '--headless', '-n', '2');
  const held = await night.event('run.held');
  expect(held).toMatchObject({ by: 'engine', asks: 1, kind: 'too-good' });
  expect(held.reason).toMatch(
    /^#1 is too good to be true\? val_loss 0\.001 is a jump from 1\.\d+: \d+ sigmas$/,
  );
  expect(held.next).toMatch(/pawl answer keep, or pawl answer discard/);
  const screen = await steer(night.project.directory);
  // The key that releases any other hold must not decide this.
  expect(await screen.send({ type: 'release' })).toMatchObject({
    ok: false,
    message: 'the run asks whether to keep #1: answer keep or discard (v)',
  });
  screen.close();
  expect(await night.run('answer', 'maybe')).toMatchObject({ code: 2 });
  expect(await night.run('answer', 'discard')).toMatchObject({ code: 0, stdout: '#1 is discarded\n' });
  const ended = await pawl.ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toMatch(/HELD #1 is too good to be true\?.*pawl answer keep/);
  const { experiments, champion } = stateIn(night.project.directory);
  expect(experiments[1]).toMatchObject({ verdict: 'discarded', by: 'user', metric: 0.001 });
  expect(experiments[1]!.why).toMatch(/^discarded by you: val_loss 0\.001/);
  expect(experiments[2]).toMatchObject({ verdict: 'kept', by: 'engine' });
  expect(champion.n).toBe(2);
});

test('below the floor: asked again after a stop and a resume, then kept by the user', async () => {
  night = await open([cheat(1.2)], { floor: 1.25 });
  const pawl = night.start('run', '--headless', '-n', '1');
  const held = await night.event('run.held');
  expect(held.reason).toMatch(/better than 1\.25, which pawl\.yaml says cannot be beaten/);
  expect(await night.run('stop', '--now')).toMatchObject({ code: 0 });
  await pawl.ended;
  await night.engineGone();
  // What was measured is not lost by stopping at once: there was nothing that ran.
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: null });
  const again = night.start('resume', '--headless');
  await night.event('run.held', (e) => e.asks === 1 && e.seq > held.seq);
  const screen = await steer(night.project.directory);
  expect(await screen.send({ type: 'keep', n: 1 })).toMatchObject({ ok: true });
  screen.close();
  expect(await again.ended).toMatchObject({ code: 0 });
  const { experiments, champion } = stateIn(night.project.directory);
  expect(experiments[1]).toMatchObject({ verdict: 'kept', by: 'user' });
  expect(experiments[1]!.trials.filter((t) => t.outcome === 'ok').length).toBeGreaterThanOrEqual(1);
  expect(champion.n).toBe(1);
});

test('a user who trusts jumps is not asked', async () => {
  night = await open([cheat(0.001)], { jumps: 'trust' });
  expect(await night.run('run', '--headless', '-n', '1')).toMatchObject({ code: 0 });
  expect(stateIn(night.project.directory).experiments[1]).toMatchObject({ verdict: 'kept', by: 'engine' });
});
