import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../../src/screen/charts/sparkline.ts';

describe('sparkline', () => {
  it('maps the range to eight heights and leaves gaps', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, { min: 0, max: 8 })).toBe('▁▂▃▄▅▆▇██');
    expect(sparkline([0, null, 100, Number.NaN], 6, { min: 0, max: 100 })).toBe('  ▁ █ ');
    expect(sparkline([5, 5], 2)).toBe('▁▁');
  });

  it('keeps the spike where values share a cell', () => {
    expect(sparkline([0, 0, 9, 0, 0, 0], 3, { min: 0, max: 9 })).toBe('▁█▁');
  });
});

it('is exactly as wide as asked', () => {
  const value = fc.option(fc.double());
  fc.assert(
    fc.property(fc.array(value, { maxLength: 90 }), fc.integer({ min: 0, max: 40 }), (values, width) => {
      expect(stringWidth(sparkline(values, width))).toBe(width);
    }),
  );
});
