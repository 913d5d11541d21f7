import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, niceTicks, shortNumber, tickLabels } from '../../../src/screen/charts/ticks.ts';
import { place, scaleTicks, yScale } from '../../../src/screen/charts/y-scale.ts';

describe('ticks', () => {
  it('are round', () => {
    expect(niceTicks(0.9, 1.02, 5)).toEqual([0.9, 0.925, 0.95, 0.975, 1].map((v) => expect.closeTo(v, 9)));
    expect(niceTicks(0, 953, 5)).toEqual([0, 200, 400, 600, 800]);
    expect(logTicks(0.02, 40, 4)).toEqual([0.1, 1, 10].map((v) => expect.closeTo(v, 9)));
  });

  it('have labels with the same decimals, in the room given', () => {
    expect(tickLabels([0.99, 0.995, 1], 7)).toEqual(['0.990', '0.995', '1.000']);
    expect(tickLabels([0, 50, 100], 7)).toEqual(['0', '50', '100']);
    expect(tickLabels([1_000_000, 2_000_000, 12_500_000], 6)).toEqual(['1M', '2M', '12.5M']);
  });

  it('write numbers briefly', () => {
    expect([1234567, 0.00001234, 2.8114, 99_999, -3, 0].map((value) => shortNumber(value))).toEqual([
      '1.235M',
      '1.2e-5',
      '2.811',
      '100k',
      '-3',
      '0',
    ]);
  });

  it('never exceed what was asked for', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.integer({ min: 1, max: 9 }), (low, high, most) => {
        for (const ticks of [niceTicks(low, high, most), logTicks(low, high, most)]) {
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          for (const label of tickLabels(ticks, 7)) expect(label.length).toBeLessThanOrEqual(7);
        }
      }),
    );
  });
});

describe('yScale', () => {
  it.each([
    [0, 0.0010000000001, 13],
    [196.60465459099268, 6400.00036235878, 17],
  ])('holds an end that a hair takes beyond a round value: %f to %f in %d rows', (low, high, rows) => {
    const scale = yScale(low, high, rows);
    expect([place(scale, low).clipped, place(scale, high).clipped]).toEqual([null, null]);
  });

  it('puts round values on rows at equal distances and holds its ends', () => {
    const ends = fc.tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, fc.integer({ min: 4, max: 40 }), ([low, span], rows) => {
        const scale = yScale(low, low + span, rows);
        expect(place(scale, low).clipped).toBeNull();
        expect(place(scale, low + span).clipped).toBeNull();
        const at = scaleTicks(scale).map(({ row }) => row);
        expect(new Set(at.slice(1).map((row, i) => row - at[i]!)).size).toBeLessThanOrEqual(1);
        expect(at.length).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
