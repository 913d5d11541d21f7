import { afterEach, beforeEach, expect, test } from 'vitest';
import { constant, journalFaults, type Night, openNight } from './night.ts';
import { stateIn } from './run-pawl.ts';

// Hopeless trials end early. The bad ones here never end by themselves: only a stop can end them before the time-out.

const train = `
const WIDTH = 10;
const steps = 40;
const wiggle = (i) => 0.002 * Math.sin(i * (7 + Number(process.env.PAWL_SEED) % 13));
const floor = 2 - 0.01 * WIDTH + (WIDTH < 5 ? 1 : 0);
for (let step = 1; step <= steps; step++) {
  const loss = WIDTH === 99 && step > 5 ? NaN : floor + (4 - floor) * Math.exp(-5 * step / steps) + wiggle(step);
  console.log(\`step \${step}/\${steps} loss: \${loss}\`);
  await new Promise((resolve) => setTimeout(resolve, 25));
  if ((WIDTH < 5 || WIDTH === 99) && step === 24) await new Promise((resolve) => setTimeout(resolve, 60_000));
}
console.log('METRIC val_loss=' + (floor + wiggle(1)));
`;

let night: Night;
beforeEach(async () => {
  night = await openNight({
    script: [constant('WIDTH', 2), constant('WIDTH', 99), constant('WIDTH', 20)],
    project: {
      files: { 'train.mjs': train },
      settings: { command: 'node train.mjs', budget: '1s', early_stop: 'auto' },
    },
  });
});
afterEach(async () => {
  expect(journalFaults(night.events())).toEqual([]);
  await night.end();
});

test('what is far behind and what is not a number any more ends at once; what is better runs on', async () => {
  const ran = await night.run('run', '--headless', '-n', '3');
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  const [, behind, broken, better] = stateIn(night.project.directory).experiments;
  expect(behind).toMatchObject({ verdict: 'discarded', label: 'worse', metric: null });
  expect(behind!.why).toMatch(/^stopped early: at \d+ % its curve is at \d\.\d+ where the champion's was at/);
  expect(behind!.trials[0]).toMatchObject({ outcome: 'hopeless', early: { audit: false } });
  expect(broken).toMatchObject({
    verdict: 'crashed',
    why: expect.stringMatching(/not a number any more from step 6/),
  });
  expect(better).toMatchObject({ verdict: 'kept' });
  expect(better!.trials[0]!.early).toBeNull();
  expect(night.trialProcesses()).toEqual([]);
});
