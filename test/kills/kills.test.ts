import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';

// The short form of `npm run kills`: other steps each day, the same ones all day, so that a failure can be run again.

const seed = Math.floor(Date.now() / 86_400_000);

test(`a run that is killed at any step, by any hand, goes on as if nothing had been (seed ${seed})`, async () => {
  const tally = await campaign({ visits: 1, steps: 6, random: 4, seed, say: () => {} });
  expect(tally.faults).toEqual([]);
  expect(tally).toMatchObject({ random: 4, survived: tally.kills, lost: 0, orphans: 0, changed: 0 });
  // A step that does not happen again in any of its ways is no fault, several are.
  expect(tally.steps.size).toBeGreaterThanOrEqual(5);
}, 180_000);
