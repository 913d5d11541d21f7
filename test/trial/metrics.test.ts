import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/protocol/settings.ts';
import { LineSplitter } from '../../src/trial/lines.ts';
import { createMetricParser, maxMetricNames, parseNumber } from '../../src/trial/metrics.ts';
import { plainMetric } from '../harness/plain-metric.ts';

const base: Settings['metric'] = plainMetric('val_bpb');

function parse(output: string, metric: Partial<Settings['metric']> = {}) {
  const parser = createMetricParser({ ...base, ...metric });
  const splitter = new LineSplitter();
  parser.push(splitter.push(Buffer.from(output)));
  parser.push(splitter.end());
  return parser.result();
}

const summary = `---
val_bpb:          0.997900
training_seconds: 300.1
peak_vram_mb:     45060.2
num_steps:        953
depth:            8
`;

describe('createMetricParser', () => {
  it('reads autoresearch’s summary block', () => {
    const { metric, metrics } = parse(summary);
    expect(metric).toBe(0.9979);
    expect(metrics).toEqual({
      val_bpb: 0.9979,
      training_seconds: 300.1,
      peak_vram_mb: 45060.2,
      num_steps: 953,
      depth: 8,
    });
  });
  it('METRIC wins over name: value, before and after it', () => {
    expect(parse('val_bpb: 3\nMETRIC val_bpb=1e-3\nval_bpb: 4\n').metric).toBe(0.001);
  });
  it('the last occurrence wins, also a non-finite one', () => {
    expect(parse('METRIC val_bpb=1\nMETRIC val_bpb=0.5\n').metric).toBe(0.5);
    const late = parse('METRIC val_bpb=1\nMETRIC val_bpb=nan\n');
    expect(late.metric).toBeNaN();
    expect(late.metrics).toEqual({});
  });
  it('finds METRIC behind progress that had no newline', () => {
    expect(parse('100%|####| 10/10 [00:01<00:00]METRIC val_bpb=0.7\n').metric).toBe(0.7);
    expect(parse('step 1 (9%) | loss: 2\rMETRIC val_bpb = -2.5 METRIC acc=3\n').metrics).toEqual({
      val_bpb: -2.5,
      acc: 3,
    });
  });
  it('does not take half a number', () => {
    expect(parse('METRIC val_bpb=1,664,000\n').metric).toBeNull();
    expect(parse('METRIC val_bpb=1e-3x\n').metric).toBeNull();
    expect(parse('val_bpb: 0.99 | better than ever\n').metric).toBeNull();
    expect(parse('METRIC val_bpb=<your number>\n').metric).toBeNull();
  });
  it('reads colours away', () => {
    expect(parse('\x1b[32mval_bpb:\x1b[0m 0.5\n').metric).toBe(0.5);
  });
  it('takes the mean of the last values, where asked', () => {
    const lines = [
      'METRIC val_bpb=9',
      'METRIC val_bpb=1',
      'METRIC other=7',
      'METRIC val_bpb=2',
      'METRIC val_bpb=3',
    ];
    expect(parse(lines.join('\n'), { tail: 3 }).metric).toBe(2);
    expect(parse(lines[1]!, { tail: 3 }).metric).toBe(1);
    expect(parse([...lines, 'METRIC val_bpb=nan'].join('\n'), { tail: 3 }).metric).toBeNaN();
    expect(parse(lines.join('\n')).metric).toBe(3);
    expect(parse('v=1\nv=2\nv=4', { tail: 2, pattern: 'v=(\\d)' }).metric).toBe(3);
  });

  it('uses the user’s pattern instead of everything else', () => {
    const { metric } = parse('METRIC val_bpb=9\nfinal score = 0.25 pts\n', { pattern: 'score = ([\\d.]+)' });
    expect(metric).toBe(0.25);
  });
  it('gives a catastrophic pattern up instead of hanging', () => {
    const begun = performance.now();
    const { metric, note } = parse(`${'a'.repeat(200)}!\nscore 1\n`, { pattern: '(a+)+$|score (\\d)' });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(metric).toBeNull();
    expect(note).toMatch(/metric\.pattern took too long/);
  });
  it('refuses a pattern that is none', () => {
    expect(() => createMetricParser({ ...base, pattern: '(' })).toThrow(
      /metric\.pattern is not a regular expression/,
    );
  });
  it('never loses the metric to a flood of other names, and stays bounded', () => {
    const flood = Array.from({ length: 5000 }, (_, i) => `METRIC x${i}=1\ny${i}: 2`).join('\n');
    const { metric, metrics } = parse(`METRIC val_bpb=0.1\n${flood}\n`);
    expect(metric).toBe(0.1);
    expect(Object.keys(metrics).length).toBeLessThanOrEqual(maxMetricNames + 1);
  });
  it('is not fooled by names that objects treat specially', () => {
    const { metrics } = parse('METRIC __proto__=1\nconstructor: 2\n');
    expect(Object.keys(metrics)).toEqual([]);
    expect(Object.getPrototypeOf(metrics)).toBe(Object.prototype);
  });
  it('never throws, keeps only finite numbers, whatever is printed', () => {
    const word = fc.constantFrom(
      'METRIC ',
      'val_bpb',
      '=',
      ':',
      ' ',
      '\n',
      '\r',
      'nan',
      '-inf',
      '1e999',
      '.5',
      '\x1b[',
      ',',
      '%',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string(), fc.double().map(String)), { maxLength: 60 }),
        (parts) => {
          const { metrics } = parse(parts.join(''));
          expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
          expect(Object.keys(metrics).length).toBeLessThanOrEqual(maxMetricNames + 1);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('parseNumber', () => {
  it('reads what scripts print', () => {
    expect(['1', '-1.5', '+.5', '1e-3', '1_000', '3.'].map(parseNumber)).toEqual([
      1, -1.5, 0.5, 0.001, 1000, 3,
    ]);
    expect(parseNumber('NaN')).toBeNaN();
    expect(parseNumber('-Infinity')).toBe(Number.NEGATIVE_INFINITY);
    expect(['', 'x', '1,5', '0x10', '1e', '--1'].map(parseNumber)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
  it('reads back every double', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (d) => parseNumber(String(d)) === d));
  });
});
