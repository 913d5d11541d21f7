import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatCurve, withFlatCurve, withHeldCurve } from '../../src/journal/held-curve.ts';
import { newTrial } from '../../src/journal/records.ts';

const { curve: _, ...trial } = newTrial(
  {
    type: 'trial.started',
    n: 1,
    k: 0,
    role: 'candidate',
    sha: 'a',
    seed: 1,
    process: { pid: 1, startTicks: null, bootId: null },
  },
  '2026-11-20T00:00:00.000Z',
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const point = fc.record({ step: number, seconds: number, value: number, fraction: fc.option(number) });

test('a curve that is held as numbers is the same curve: read, copied, as JSON, and sent', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), (points) => {
      const held = withHeldCurve({ ...trial, curve: points });
      expect(held.curve).toEqual(points);
      expect({ ...held, k: 2 }.curve).toEqual(points);
      expect(JSON.parse(JSON.stringify(held))).toEqual(
        JSON.parse(JSON.stringify({ ...trial, curve: points })),
      );
      expect(withFlatCurve(trial, flatCurve(held)).curve).toEqual(points);
    }),
  );
});

test('a pane that asks twice gets the same list', () => {
  const curve = Array.from({ length: 9 }, (_, step) => ({ step, seconds: step, value: 1, fraction: null }));
  const held = withHeldCurve({ ...trial, curve });
  expect(held.curve).toBe(held.curve);
});
