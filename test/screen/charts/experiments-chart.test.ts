import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  type ExperimentPoint,
  type ExperimentsChartInput,
  experimentsChart,
  type PointKind,
} from '../../../src/screen/charts/experiments-chart.ts';
import type { Row } from '../../../src/screen/spans.ts';
import { rowText } from '../row-text.ts';

const text = (rows: Row[]) => rows.map(rowText);
const draw = (points: ExperimentPoint[], more: Partial<ExperimentsChartInput> = {}) =>
  text(
    experimentsChart({
      points,
      direction: 'minimize',
      width: 60,
      height: 12,
      sigma: null,
      selected: null,
      ...more,
    }),
  );
const picture = (lines: string[]) => `\n${lines.map((line) => `|${line}|`).join('\n')}\n`;

const run: ExperimentPoint[] = [
  { n: 0, metric: 1.0, kind: 'baseline' },
  { n: 1, metric: 1.01, kind: 'discarded' },
  { n: 2, metric: 0.98, kind: 'kept', label: 'add 5% warmup' },
  { n: 3, metric: null, kind: 'crashed', label: 'depth 12' },
  { n: 4, metric: 3.5, kind: 'discarded' },
  { n: 5, metric: 0.985, kind: 'discarded' },
  { n: 6, metric: 0.95, kind: 'kept', label: 'matrix LR 0.04→0.05' },
  { n: 7, metric: null, kind: 'skipped' },
  { n: 8, metric: 0.951, kind: 'discarded', label: 'softcap 15→12' },
  { n: 9, metric: null, kind: 'live' },
];

describe('experimentsChart', () => {
  it('draws a run', () => {
    expect(picture(draw(run))).toMatchSnapshot();
  });

  it('draws a run whose metric shall grow', () => {
    const grown = run.map((point) => ({ ...point, metric: point.metric && 2 - point.metric }));
    expect(picture(draw(grown, { direction: 'maximize', width: 90 }))).toMatchSnapshot();
  });

  it('draws the selected experiment and the noise', () => {
    expect(picture(draw(run, { selected: 8, sigma: 0.006, width: 90 }))).toMatchSnapshot();
  });

  it('shades as far above the line as below it, where that is a row at least', () => {
    const lines = draw(run, { sigma: 0.006, width: 90 });
    const last = lines.findLastIndex((line) => line.includes('●'));
    for (const row of [last - 1, last + 1]) expect(lines[row]).toMatch(/░{6,}/);
    // Less than a row would be a lie, half the chart a shout.
    for (const sigma of [0.0005, 0.05]) expect(draw(run, { sigma, width: 90 }).join('')).not.toContain('░');
  });

  it('keeps every label where it is when another point is selected', () => {
    const places = (selected: number | null) =>
      draw(run, { selected, width: 90 }).map((line) =>
        line.replace(/[┊#\d]/g, ' ').match(/[a-zA-Z][\w% .→]+/g),
      );
    expect(places(2)).toEqual(places(null));
    expect(places(6)).toEqual(places(null));
  });

  it('marks near misses by shape', () => {
    const near = run.map((point) => (point.n === 8 ? { ...point, kind: 'near-miss' as const } : point));
    expect(draw(near).join('').match(/○/g)).toHaveLength(1);
  });

  it('stands points at their times, and names the times', () => {
    const hour = 3_600_000;
    const from = new Date(2026, 10, 20, 22, 0).getTime();
    const timed = run.map((point, i) => ({ ...point, at: from + (i < 5 ? i * 60_000 : 8 * hour) }));
    const lines = draw(timed, { byTime: true, width: 90 });
    expect(lines.at(-1)).toMatch(/22:00.*02:00.*06:00/);
    const [first, second] = [lines.findIndex((l) => l.includes('◆')), lines.join('').indexOf('●')];
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(0);
  });

  it('follows the champion, not a best, where the number is not judged, under its limit', () => {
    const other = run.map((point) => ({ ...point, metric: point.metric && 3 - point.metric }));
    const lines = draw(other, { judged: false, limit: 2.04 });
    expect(lines.join('')).toContain('╌╌╌');
    expect(lines.join('')).toContain('┘');
  });

  it('buckets: the best of a column, its number by density, every kept one', () => {
    const many = Array.from(
      { length: 3000 },
      (_, n): ExperimentPoint => ({
        n,
        metric: n === 0 ? 1 : 1 - n / 1e5 + ((n * 37) % 100) / 1e4 + (n === 1501 ? -0.02 : 0),
        kind: n === 0 ? 'baseline' : n === 1501 ? 'kept' : 'discarded',
      }),
    );
    const lines = draw(many);
    expect(lines.join('').match(/●/g)).toHaveLength(1);
    // One mark for each column, not a carpet.
    expect(lines.join('').match(/[·:∴]/g)!.length).toBeLessThanOrEqual(60);
    expect(lines.join('')).toContain('∴');
  });

  it('has no place for the running one before anything is measured', () => {
    const lines = draw([{ n: 0, metric: null, kind: 'live' }]);
    expect(lines.join('')).not.toMatch(/▸|none/);
  });

  it('shows the best that was ever reached, also after a revert', () => {
    const reverted = run.map((point) =>
      point.kind === 'kept' ? { ...point, kind: 'reverted' as const } : point,
    );
    const lines = draw(reverted);
    expect(lines.join('').match(/↺/g)).toHaveLength(2);
    expect(lines.join('')).not.toContain('˅');
    expect(lines.findIndex((line) => line.includes('▸'))).toBe(lines.findIndex((line) => line.includes('◆')));
  });

  it('gives every end without a value its own shape', () => {
    const ends = (['crashed', 'timed-out', 'rejected', 'skipped'] as const).map(
      (kind, i): ExperimentPoint => ({ n: i + 1, metric: null, kind }),
    );
    expect(draw([run[0]!, ...ends]).at(-2)).toMatch(/none│ +× +◔ +∅ +~/);
  });

  it('draws in ASCII only', () => {
    const lines = draw(run, { glyphs: 'ascii', selected: 6, sigma: 0.006, width: 90 });
    expect(picture(lines)).toMatchSnapshot();
    expect(lines.join('')).toMatch(/^[ -~]*$/);
  });

  it('spreads three points over more than three cells', () => {
    const best = draw(run.slice(0, 3)).find((line) => line.includes('◆'))!;
    expect(best).toMatch(/◆─{10,}┐/);
  });

  it('marks the selected column without colour, too', () => {
    const spans = experimentsChart({
      points: run,
      direction: 'minimize',
      width: 60,
      height: 12,
      sigma: null,
      selected: 6,
    });
    expect(spans.flat().filter(({ inverse }) => inverse)).toEqual([
      { text: '●', tone: 'kept', bold: true, inverse: true },
    ]);
    expect(text(spans).at(-1)).toContain('#6');
  });

  it('clips what lies far out, and puts crashes on a row of their own', () => {
    const lines = draw(run);
    expect(lines[0]).toContain('˄');
    expect(lines.at(-2)).toMatch(/^ *none.*×/);
  });

  it('falls back to a linear axis when a value is not positive', () => {
    const points: ExperimentPoint[] = [
      { n: 0, metric: 1, kind: 'baseline' },
      { n: 1, metric: -2, kind: 'kept' },
    ];
    expect(draw(points, { log: true })).toEqual(draw(points));
  });

  const metric = fc.option(
    fc.oneof(
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      fc.double(),
      fc.constantFrom(0, -0, 1e-320, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY),
    ),
  );
  const kind = fc.constantFrom<PointKind>(
    'baseline',
    'kept',
    'discarded',
    'crashed',
    'rejected',
    'reverted',
    'skipped',
    'live',
  );
  const points = fc
    .array(
      fc.record(
        {
          metric,
          kind,
          label: fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom('日本語の説明', '👨‍👩‍👧 x', 'a\nb\u001B[31m'),
          ),
        },
        { requiredKeys: ['metric', 'kind'] },
      ),
      { maxLength: 150 },
    )
    .map((list) => list.map((point, n): ExperimentPoint => ({ n, ...point })));
  const input: fc.Arbitrary<ExperimentsChartInput> = fc.record({
    points,
    direction: fc.constantFrom('minimize' as const, 'maximize' as const),
    width: fc.integer({ min: 0, max: 130 }),
    height: fc.integer({ min: 0, max: 30 }),
    sigma: fc.option(fc.oneof(fc.double(), fc.double({ min: 0, max: 0.01 }))),
    selected: fc.option(fc.integer({ min: -1, max: 60 })),
    log: fc.boolean(),
    glyphs: fc.constantFrom('unicode' as const, 'ascii' as const),
  });

  it('fills exactly its place, whatever comes in', () => {
    fc.assert(
      fc.property(input, (given) => {
        const lines = text(experimentsChart(given));
        expect(lines).toHaveLength(given.height);
        for (const line of lines) expect(stringWidth(line)).toBe(given.width);
      }),
      { numRuns: 400 },
    );
  });

  it('shows every kept experiment, however many there are', () => {
    const many = fc.array(fc.record({ metric: fc.double({ min: 0.5, max: 2, noNaN: true }), kind }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(many, fc.integer({ min: 10, max: 120 }), (list, width) => {
        const all = list.map((point, n): ExperimentPoint => ({ n, ...point }));
        const without = all.filter((point) => point.kind !== 'live');
        const rows = experimentsChart({
          points: without,
          direction: 'minimize',
          width,
          height: 15,
          sigma: null,
          selected: null,
        });
        const dots = new Set<number>();
        for (const line of text(rows)) for (let x = 0; x < line.length; x++) if (line[x] === '●') dots.add(x);
        const gutter = width >= 24 ? text(rows)[0]!.search(/[│┤]/) + 1 : 0;
        without.forEach(({ kind: what }, i) => {
          if (what !== 'kept') return;
          const near = [...dots].some(
            (x) => Math.abs(x - gutter - columnOf(i, without.length, width - gutter)) <= 1,
          );
          expect(near, `point ${i} of ${without.length}`).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('draws 10,000 experiments in a few milliseconds', () => {
    const many = Array.from({ length: 10_000 }, (_, n): ExperimentPoint => {
      return {
        n,
        metric: 1 + ((n * 7919) % 1000) / 1e4 - n / 1e5,
        kind: n % 40 === 0 ? 'kept' : 'discarded',
        label: 'x',
      };
    });
    const input = {
      points: many,
      direction: 'minimize',
      width: 120,
      height: 20,
      sigma: 0.01,
      selected: null,
    } as const;
    experimentsChart(input);
    const before = process.cpuUsage();
    for (let i = 0; i < 10; i++) experimentsChart(input);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 10_000).toBeLessThan(30);
  });
});

function columnOf(i: number, count: number, width: number): number {
  if (count > width) return Math.floor((i * width) / count);
  const pitch = count === 1 ? 1 : Math.min(8, Math.floor((width - 1) / (count - 1)));
  return i * pitch + (width - ((count - 1) * pitch + 1) >= 2 ? 1 : 0);
}
