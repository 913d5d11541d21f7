import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCurveParser, maxResultPoints } from '../../src/trial/curve.ts';
import { decimate } from '../../src/trial/decimate.ts';
import { LineSplitter } from '../../src/trial/lines.ts';

function read(output: string, progress = 'auto', metric = 'val_bpb') {
  const parser = createCurveParser(progress, metric);
  const splitter = new LineSplitter();
  parser.push(splitter.push(Buffer.from(output)), 1);
  parser.push(splitter.end(), 1);
  return parser.result();
}
const points = (output: string, progress?: string, metric?: string) =>
  read(output, progress, metric).points.map((p) => [p.step, p.value, p.fraction]);

describe('createCurveParser, auto', () => {
  it('reads autoresearch', () => {
    const line = (n: string, pct: string, loss: string) =>
      `\rstep ${n} (${pct}%) | loss: ${loss} | lrm: 0.01 | dt: 315ms | tok/sec: 1,664,000 | mfu: 39.8% | epoch: 1 | remaining: 0s`;
    expect(points(`${line('00951', '50.0', '2.9')}${line('00952', '99.9', '2.812345')}`)).toEqual([
      [951, 2.9, 0.5],
      [952, 2.812345, 0.9990000000000001],
    ]);
  });
  it('says what the values are, as the script calls them', () => {
    expect(read('step 1 (5%) loss: 2.5\n').of).toBe('loss');
    expect(read('step 1 train/loss 2.5 val/loss 2.7\n').of).toBe('train loss');
    expect(read('step 1 val_bpb: 1.2\n').of).toBe('val_bpb');
    expect(read('it 5 x=1\n', 'it (?<step>\\d+) x=(?<value>\\d+)').of).toBe('progress');
    expect(read('nothing here\n').of).toBeNull();
  });
  it('reads nanoGPT: one series, not the evaluations between', () => {
    const log = `step 0: train loss 4.2, val loss 4.3
iter 0: loss 4.2, time 100.2ms, mfu -100.00%
iter 10: loss 3.1, time 10.2ms, mfu 12.00%
step 10: train loss 3.0, val loss 3.3
iter 20: loss 2.9, time 10.2ms, mfu 12.00%
`;
    expect(points(log)).toEqual([
      [0, 4.2, null],
      [10, 3.1, null],
      [20, 2.9, null],
    ]);
  });
  it('reads plain scripts', () => {
    expect(points('step 10/100 loss 2.3\nstep 20/100 loss 2.1\n')).toEqual([
      [10, 2.3, 0.1],
      [20, 2.1, 0.2],
    ]);
    expect(points('epoch 3 loss=0.1\nepoch 4 loss=0.05\n')).toEqual([
      [3, 0.1, null],
      [4, 0.05, null],
    ]);
    expect(
      points('Epoch 1/4, train_loss: 0.5, val_loss: 0.7\nEpoch 2/4, train_loss: 0.4, val_loss: 0.6\n'),
    ).toEqual([
      [1, 0.5, 0.25],
      [2, 0.4, 0.5],
    ]);
    expect(points('Iteration 5 of 10 - Loss: 1.5e-3\n')).toEqual([[5, 0.0015, 0.5]]);
    expect(points('step 1,000 loss 2\n')).toEqual([[1000, 2, null]]);
  });
  it('reads Hugging Face dict lines', () => {
    const log = `{'loss': 1.23, 'grad_norm': 0.5, 'learning_rate': 1e-05, 'epoch': 0.5}
{'eval_loss': 1.5, 'epoch': 0.5}
{'loss': '1.1', 'epoch': '1.0'}
{'train_runtime': 10.0, 'train_loss': 1.16, 'epoch': 1.0}
`;
    expect(points(log)).toEqual([
      [0.5, 1.23, null],
      [1, 1.1, null],
    ]);
  });
  it('reads tqdm', () => {
    const bar = (p: number, loss: number) =>
      `train:  ${p}%|██▌   | ${p}/100 [00:01<00:09, 9.50it/s, loss=${loss}]\r`;
    expect(points(`${bar(10, 2.3)}${bar(20, 2.2)}`)).toEqual([
      [10, 2.3, 0.1],
      [20, 2.2, 0.2],
    ]);
  });
  it('reads Keras over epochs', () => {
    const log = `Epoch 1/2
10/100 [==>....] - ETA: 3s - loss: 0.9 - accuracy: 0.1
100/100 [======] - 3s 30ms/step - loss: 0.8 - accuracy: 0.2 - val_loss: 0.9
Epoch 2/2
\x1b[1m50/100\x1b[0m \x1b[32m━━━━\x1b[0m\x1b[37m━━━\x1b[0m \x1b[1m3s\x1b[0m 30ms/step - accuracy: 0.8 - loss: 0.5
`;
    expect(points(log)).toEqual([
      [10, 0.9, 0.05],
      [100, 0.8, 0.5],
      [150, 0.5, 0.75],
    ]);
  });
  it('takes the metric where no loss is printed, but not the final result alone', () => {
    expect(points('step 1 score=3\nstep 2 score=4\nscore: 9\n', 'auto', 'score')).toEqual([
      [1, 3, null],
      [2, 4, null],
    ]);
  });
  it('notes values that are not finite, and draws none of them', () => {
    const {
      points: drawn,
      nonFinite,
      firstNonFinite,
    } = read('step 1 loss 2\nstep 2 loss nan\nstep 3 loss: inf\n');
    expect(drawn).toHaveLength(1);
    expect([nonFinite, firstNonFinite]).toEqual([2, 2]);
  });
  it('does not see a curve in ordinary text', () => {
    expect(
      points('Using 8 workers\nloss function: cross entropy v2\nmodel has 12 layers, 3% dropout\n'),
    ).toEqual([]);
  });
});

describe('createCurveParser, pattern', () => {
  it('reads named groups', () => {
    expect(points('it=5 L=0.5 p=12\n', 'it=(?<step>\\d+) L=(?<value>\\S+) p=(?<percent>\\d+)')).toEqual([
      [5, 0.5, 0.12],
    ]);
    expect(points('L=0.5\nL=0.25\n', 'L=(?<value>\\S+)')).toEqual([
      [1, 0.5, null],
      [2, 0.25, null],
    ]);
  });
  it('refuses what is no expression', () => {
    expect(() => createCurveParser('[', 'm')).toThrow(/progress is not a regular expression/);
  });
});

describe('bounds', () => {
  it('a hundred thousand points become 64, with the ends and the extremes', () => {
    const parser = createCurveParser('auto', 'm');
    for (let i = 0; i < 200; i++) {
      const batch = Array.from({ length: 500 }, (_, j) => {
        const step = i * 500 + j;
        const value = step === 31_337 ? 999 : step === 77_777 ? -999 : Math.sin(step);
        return { text: `step ${step} loss ${value}`, end: '\n' as const };
      });
      parser.push(batch, i);
    }
    expect(parser.fresh().length).toBeLessThanOrEqual(maxResultPoints);
    expect(parser.fresh()).toEqual([]);
    const { points: kept } = parser.result();
    expect(kept.length).toBeLessThanOrEqual(maxResultPoints);
    expect(kept.map((p) => p.value)).toEqual(expect.arrayContaining([999, -999]));
    expect([kept[0]!.step, kept.at(-1)!.step]).toEqual([0, 99_999]);
  });
  it('decimate keeps order, ends and extremes', () => {
    const point = fc.record({
      value: fc.double({ noNaN: true }),
      step: fc.nat(),
      seconds: fc.nat(),
      fraction: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 300 }), fc.integer({ min: 4, max: 70 }), (all, max) => {
        const kept = decimate(all, max);
        expect(kept.length).toBeLessThanOrEqual(max);
        if (all.length === 0) return;
        const indexes = kept.map((p) => all.indexOf(p));
        expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
        expect([kept[0], kept.at(-1)]).toEqual([all[0], all.at(-1)]);
        const values = (list: typeof all) => list.map((p) => p.value);
        expect(Math.max(...values(kept))).toBe(Math.max(...values(all)));
        expect(Math.min(...values(kept))).toBe(Math.min(...values(all)));
      }),
    );
  });
  it('never throws on any line', () => {
    const word = fc.constantFrom(
      'loss',
      ': ',
      'step ',
      'epoch ',
      '1/2',
      '(5%)',
      '%|',
      '0/0',
      '1e400',
      'nan',
      ' ',
      '\n',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), (parts) => {
        const result = read(parts.join(''));
        for (const p of result.points) {
          expect(Number.isFinite(p.value) && Number.isFinite(p.step)).toBe(true);
          expect(p.fraction === null || (p.fraction >= 0 && p.fraction <= 1)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
