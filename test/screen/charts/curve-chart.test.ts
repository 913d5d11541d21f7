import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type CurveChartInput, curveChart } from '../../../src/screen/charts/curve-chart.ts';
import type { Row } from '../../../src/screen/spans.ts';
import { rowText } from '../row-text.ts';

const text = (rows: Row[]) => rows.map(rowText);
const picture = (rows: Row[]) =>
  `\n${text(rows)
    .map((line) => `|${line}|`)
    .join('\n')}\n`;
const decay = (count: number, floor: number) =>
  Array.from({ length: count }, (_, i) => ({ x: i * 10, y: floor + 4 * Math.exp(-i / 20) }));

describe('curveChart', () => {
  it('draws the live curve over the champion’s', () => {
    expect(
      picture(curveChart({ current: decay(60, 2), reference: decay(100, 2.2), width: 60, height: 10 })),
    ).toMatchSnapshot();
  });

  it('draws on a logarithmic axis and in ASCII', () => {
    const curves = { current: decay(60, 0.05), reference: decay(100, 0.1), width: 60, height: 10 };
    expect(picture(curveChart({ ...curves, log: true }))).toMatchSnapshot();
    const ascii = curveChart({ ...curves, glyphs: 'ascii' });
    expect(picture(ascii)).toMatchSnapshot();
    expect(text(ascii).join('')).toMatch(/^[ -~]*$/);
  });

  it('leaves room for what is still to come', () => {
    const lines = text(
      curveChart({ current: decay(20, 2), reference: null, xMax: 1_000, width: 60, height: 6 }),
    );
    for (const line of lines.slice(0, -1)) expect(line.slice(30).trim()).toBe('');
    expect(lines.at(-1)).toContain('1000');
  });

  it('keeps a spike of a single point among thousands', () => {
    const flat = Array.from({ length: 20_000 }, (_, x) => ({ x, y: 1 + (x % 2) * 0.5 }));
    flat[10_000] = { x: 10_000, y: 3 };
    const [top] = text(curveChart({ current: flat, reference: null, width: 60, height: 8 }));
    expect(top!.replace(/^.*[│┤]/, '').trim()).not.toBe('');
  });

  it('breaks the line at values that are not finite', () => {
    const broken = decay(60, 2).map((point, i) => (i > 20 && i < 40 ? { ...point, y: Number.NaN } : point));
    expect(picture(curveChart({ current: broken, reference: null, width: 60, height: 8 }))).toMatchSnapshot();
  });

  it('says nothing before there is a point', () => {
    const rows = curveChart({ current: [{ x: 1, y: Number.NaN }], reference: null, width: 30, height: 5 });
    expect(text(rows)).toEqual(Array(5).fill(' '.repeat(30)));
  });

  it('fills exactly its place, whatever comes in', () => {
    const odd = fc.oneof(
      fc.double(),
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.constantFrom(1e308, -1e308, 0, 5e-324),
    );
    const curve = fc.array(fc.record({ x: odd, y: odd }), { maxLength: 60 });
    const input = fc.record(
      {
        current: curve,
        reference: fc.option(curve),
        xMax: odd,
        width: fc.integer({ min: 0, max: 100 }),
        height: fc.integer({ min: 0, max: 20 }),
        log: fc.boolean(),
        glyphs: fc.constantFrom('unicode' as const, 'ascii' as const),
      },
      { requiredKeys: ['current', 'reference', 'width', 'height'] },
    ) as fc.Arbitrary<CurveChartInput>;
    fc.assert(
      fc.property(input, (given) => {
        const lines = text(curveChart(given));
        expect(lines).toHaveLength(given.height);
        for (const line of lines) expect(stringWidth(line)).toBe(given.width);
      }),
      { numRuns: 500 },
    );
  });
});
