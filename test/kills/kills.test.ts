import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';

// The short form of `npm run kills`: other steps each day, the same ones all day, so that a failure can be run again.

const seed = Math.floor(Date.now() / 86_400_000);

test(`a run that is killed at any step, by any hand, goes on as if nothing had been (seed ${seed})`, async () => {
  const tally = await campaign({ kills: 12, seed, say: () => {} });
  expect(tally.faults).toEqual([]);
  expect(tally).toMatchObject({ kills: 12, survived: 12, lost: 0, orphans: 0, changed: 0 });
}, 180_000);
