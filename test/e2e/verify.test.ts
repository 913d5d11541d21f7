import { afterEach, beforeEach, expect, test } from 'vitest';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';

// The run's claim: start and champion again, by turns, on fresh seeds; and the held-out command on both.

let night: Night;
beforeEach(async () => {
  night = await openNight({
    script: [constant('LEARNING_RATE', 0.05), constant('LEARNING_RATE', 0.6)],
    project: {
      settings: { verify: 3, held_out: 'node train.mjs && echo METRIC val_loss=$((40 + PAWL_EXPERIMENT))' },
    },
  });
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

test('a run that ends by itself says what it may claim', async () => {
  const ran = await night.run('run', '--headless', '-n', '2');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const state = stateIn(night.project.directory);
  expect(state.verified).toMatchObject({
    n: 1,
    claim: { pairs: 3, scale: 'log' },
    heldOut: { start: 40, end: 41 },
  });
  const { low, gain, high } = state.verified!.claim!;
  // The toy's objective without noise: 1.2468 at the start, 1.1202 with the change.
  expect(gain).toBeCloseTo(1 - 1.1202 / 1.2468, 2);
  expect(high - low).toBeGreaterThan(0);
  expect(high - low).toBeLessThan(0.02);
  expect(state.ended!.why).toMatch(
    /^2 experiments are decided, as asked; verified gain \d.* \(95 % interval .*, 3 fresh runs each\); held out: 40 at the start, 41 at the end$/,
  );
  expect(ran.stdout).toContain(state.verified!.why);
  // By turns, and on seeds that no decision was made by.
  const trials = night.events().flatMap((e) => (e.type === 'trial.started' ? [e] : []));
  const verifying = trials.filter((t) => t.role === 'verify');
  expect(verifying.map((t) => t.n)).toEqual([0, 1, 1, 0, 0, 1]);
  const seeds = (of: typeof trials) => [...new Set(of.map((t) => t.seed))];
  expect(seeds(verifying)).toHaveLength(3);
  expect(seeds(trials.filter((t) => t.role !== 'verify'))).not.toContain(verifying[0]!.seed);
  // What was measured for the claim moves no number that decisions were made with.
  const champion = state.experiments[1]!;
  expect(champion.metric).toBe(champion.trials[0]!.metric);
});

test('killed in the middle, the claim goes on where it was; asked for again, the new pairs are added', async () => {
  night.start('run', '--headless', '-n', '2');
  await night.event('trial.started', (e) => e.role === 'verify' && e.n === 1);
  await night.killEngine();
  expect(await night.run('resume', '--headless')).toMatchObject({ code: 0 });
  const first = stateIn(night.project.directory);
  expect(first.verified!.claim).toMatchObject({ pairs: 3 });
  const ok = (role: string) =>
    night.events().filter((e) => e.type === 'trial.ended' && e.role === role && e.outcome === 'ok').length;
  expect(ok('verify')).toBe(6);
  // Nothing is proposed: no model is needed.
  const noModel = night.startWith(
    { OLLAMA_HOST: 'http://127.0.0.1:9' },
    'verify',
    '--headless',
    '--verify',
    '2',
  );
  expect(await noModel.ended).toMatchObject({ code: 0 });
  expect(stateIn(night.project.directory).proposer).toMatchObject({ kind: 'ollama' });
  expect(ok('verify')).toBe(10);
  const again = stateIn(night.project.directory);
  // All pairs together, each on a seed of its own: to measure until it pleases would be no verification.
  expect(again.verified).toMatchObject({ round: 2, claim: { pairs: 5 } });
  expect(again.verified!.why).toMatch(/, 5 fresh runs each\); 2nd verification, 5 pairs in all/);
  const seeds = night
    .events()
    .flatMap((e) => (e.type === 'trial.started' && e.role === 'verify' ? [e.seed] : []));
  expect(new Set(seeds).size).toBe(5);
  expect(again.experiments).toHaveLength(3);
  expect(again.ended).toMatchObject({ outcome: 'finished', why: again.verified!.why });
});
