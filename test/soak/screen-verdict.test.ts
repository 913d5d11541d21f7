import { expect, test } from 'vitest';
import type { ScreenSoak } from './screen-soak.ts';
import { screenComplaintsOf } from './screen-verdict.ts';

const well: ScreenSoak = {
  experiments: 700,
  hours: 12,
  seconds: 240,
  early: { rssMiB: 150, pssMiB: null },
  middle: { rssMiB: 155, pssMiB: null },
  late: { rssMiB: 160, pssMiB: null },
  mostRssMiB: 240,
  frames: 20_000,
  keys: 2800,
  resizes: 140,
  logLines: 250_000,
  lastWords: 'pawl goes on with run nov20: 700 experiments, 218 kept.',
};

test('a screen that held has no complaint; growth by more than a tenth, and a screen that was not there, have one', () => {
  expect(screenComplaintsOf(well)).toEqual([]);
  expect(screenComplaintsOf({ ...well, late: { rssMiB: 166, pssMiB: null } })).toHaveLength(1);
  expect(screenComplaintsOf({ ...well, early: { rssMiB: Number.NaN, pssMiB: null } })).toHaveLength(1);
  expect(screenComplaintsOf({ ...well, lastWords: ': 70 experiments' })).toHaveLength(1);
  expect(screenComplaintsOf({ ...well, lastWords: '' })).toHaveLength(1);
});
