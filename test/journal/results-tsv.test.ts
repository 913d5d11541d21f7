import { expect, test } from 'vitest';
import { resultsRow } from '../../src/journal/results-tsv.ts';
import type { Experiment } from '../../src/journal/state.ts';

const trial = (more: object) => ({
  outcome: 'ok',
  metric: null,
  metrics: {},
  curve: [],
  curveOf: null,
  ...more,
});
const row = (more: object) =>
  resultsRow(
    {
      n: 3,
      sha: '0123456789',
      hypothesis: 'wider',
      metric: null,
      trials: [],
      ...more,
    } as unknown as Experiment,
    'val_loss',
  );
const curve = [
  { step: 1, seconds: 1, value: 4, fraction: null },
  { step: 2, seconds: 2, value: 3.25, fraction: null },
];

test('kept, discarded, crashed: as autoresearch writes them', () => {
  expect(row({ verdict: 'kept', metric: 1.5 })).toBe('0123456\t1.500000\t0.0\tkeep\twider\n');
  expect(row({ verdict: 'discarded', metric: 2 })).toBe('0123456\t2.000000\t0.0\tdiscard\twider\n');
  expect(row({ verdict: 'crashed' })).toBe('0123456\t0.000000\t0.0\tcrash\twider\n');
  expect(row({ verdict: 'timed-out' })).toBe('0123456\t0.000000\t0.0\tcrash\twider\n');
});

test('stopped early is a discard with the last value of its curve, or with none: never a crash, never the best', () => {
  const early = (more: object) =>
    row({ verdict: 'discarded', trials: [trial({ outcome: 'hopeless', curve, ...more })] });
  expect(early({ curveOf: 'val_loss' })).toBe('0123456\t3.250000\t0.0\tdiscard\twider\n');
  expect(early({ curveOf: 'loss' })).toBe('0123456\tnan\t0.0\tdiscard\twider\n');
  expect(early({ curve: [] })).toBe('0123456\tnan\t0.0\tdiscard\twider\n');
});

test('what was skipped before it gave a number has no row', () => {
  expect(row({ verdict: 'skipped' })).toBeNull();
  expect(row({ verdict: 'skipped', metric: 2 })).toMatch(/\tdiscard\t/);
});
