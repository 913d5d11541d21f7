import { expect, it } from 'vitest';
import { pawlOnPlateaus } from './plateau-policy.ts';
import { plateauWorlds } from './plateau-worlds.ts';
import { pairedDifference, playAll } from './score.ts';
import { worlds } from './worlds.ts';

// `npm run loopbench -- --plateau` prints all worlds with more nights.

const compare = (list: typeof worlds, nights: number) => {
  const oracles = new Map<string, number>();
  const [never, turns] = [null, 25].map((plateau) =>
    playAll(String(plateau), pawlOnPlateaus(plateau), list, nights, 9000, oracles),
  );
  return pairedDifference(turns!, never!);
};

it('where the usual ideas run dry, turning to others brings much', () => {
  const { points, halfWidth } = compare(plateauWorlds.slice(0, 3), 16);
  expect(points).toBeGreaterThan(halfWidth);
  expect(points).toBeGreaterThan(10);
}, 60_000);

it('where no turn finds better ideas than the usual way, it costs next to nothing', () => {
  // Measured over 40 nights: +0.2 +-1.6 points of the oracle's gain.
  const { points, halfWidth } = compare(worlds, 8);
  expect(points).toBeGreaterThan(-halfWidth - 1);
}, 60_000);
