import { describe, expect, it } from 'vitest';
import { foldLedger, openLedger } from '../../src/loop/ledger.ts';
import type { Run } from '../../src/loop/measured.ts';
import { pairItems, unitOf } from '../../src/loop/pairs.ts';
import { dialsOf, presets } from '../../src/loop/presets.ts';
import type { ItemResults } from '../../src/protocol/events.ts';
import { maximize, minimize, Night, type Outcome } from './night.ts';

function items(digits: string): ItemResults {
  const bytes = new Uint8Array(Math.ceil(digits.length / 8));
  for (const [i, digit] of [...digits].entries()) if (digit === '1') bytes[i >> 3]! |= 1 << (i & 7);
  return { count: digits.length, passed: Buffer.from(bytes).toString('base64') };
}
const rate = (digits: string) => [...digits].filter((d) => d === '1').length / digits.length;
const run = (digits: string, unit = 1): Run => ({ y: unit * rate(digits), guards: {}, items: items(digits) });

describe('pairs of items', () => {
  it('are those that the change fixed and broke: McNemar', () => {
    const pairs = pairItems([run('1111100000')], [run('0011110000')], 'maximize')!;
    expect(pairs).toMatchObject({ items: 10, fixed: 2, broken: 1 });
    expect(pairs.error).toBeCloseTo(Math.sqrt(3) / 10);
    // Nothing changed: one item may still have.
    expect(pairItems([run('1100')], [run('1100')], 'maximize')!.error).toBe(0.25);
  });

  it('are averaged over several runs, and an item that flickers weighs little', () => {
    const pairs = pairItems([run('1100'), run('1000')], [run('1000'), run('1000')], 'maximize')!;
    expect(pairs).toMatchObject({ fixed: 1, broken: 0 });
    expect(pairs.error).toBe(0.25);
  });

  it('need the same items on both sides, which make up the metric', () => {
    expect(pairItems([run('11000')], [run('1100')], 'maximize')).toBeNull();
    expect(
      pairItems([{ ...run('1100'), items: { ...items('1100'), names: 'x' } }], [run('1100')], 'maximize'),
    ).toBeNull();
    expect(pairItems([run('1100')], [{ y: 0.5, guards: {} }], 'maximize')).toBeNull();
    expect(pairItems([{ ...run('1100'), y: 0.9 }], [run('1100')], 'maximize')).toBeNull();
  });

  it('know rates, percents and counts, of passes or of failures', () => {
    const digits = '1110000000'.repeat(4);
    expect(unitOf(run(digits), 'maximize')).toBe(1);
    expect(unitOf(run(digits, 100), 'maximize')).toBe(100);
    expect(unitOf(run(digits, 40), 'maximize')).toBe(40);
    expect(unitOf({ ...run(digits), y: 28 }, 'minimize')).toBe(40);
    expect(unitOf({ ...run(digits), y: 0.7 }, 'minimize')).toBe(1);
    expect(unitOf({ y: 0.3, guards: {} }, 'maximize')).toBeNull();
  });
});

/** 200 items: the first `hard` ones fail, `changed` says what a candidate does to single ones. */
function answers(passes: (i: number) => boolean, count = 200): Outcome {
  const digits = Array.from({ length: count }, (_, i) => (passes(i) ? '1' : '0')).join('');
  return { outcome: 'ok', metric: rate(digits), metrics: { loss: rate(digits) }, items: items(digits) };
}
const champion = (i: number) => i >= 100;

describe('a decision on a rubric', () => {
  it('is surer on the same items than on two rates', () => {
    // Eleven fixed, one broken: 3 sigma in pairs; two rates of 200 items each vary by 5 points.
    const better = answers((i) => champion(i) !== (i < 11 || i === 150));
    const paired = new Night((n) => (n === 0 ? answers(champion) : better), { metric: maximize });
    paired.experiment(0);
    const decided = paired.experiment(1);
    expect(decided).toMatchObject({ verdict: 'kept', confidence: 'confirmed' });
    expect(decided.z).toBeCloseTo(10 / Math.sqrt(12), 5);
    expect(decided.why).toBe(
      '0.5500 vs 0.5000: +2.9 sigma, it fixed 11 and broke 1 of 200 items, confirmed by a second run',
    );
    const blind = (o: Outcome) => ({ ...(o as object), items: undefined }) as Outcome;
    const unpaired = new Night((n) => blind(n === 0 ? answers(champion) : better), {
      metric: { ...maximize, items: 200 },
    });
    unpaired.experiment(0);
    expect(unpaired.experiment(1).z).toBeCloseTo(1, 1);
  });

  it('as many broken as fixed are no gain, and worse is worse', () => {
    const night = new Night(
      (n) => answers((i) => champion(i) !== (n === 1 ? i < 8 || i >= 192 : n === 2 && i >= 180)),
      { metric: maximize },
    );
    night.experiment(0);
    expect(night.experiment(1)).toMatchObject({ verdict: 'discarded', label: 'noise', z: 0 });
    expect(night.experiment(2)).toMatchObject({ verdict: 'discarded', label: 'worse' });
  });

  it('is the same for passes and for failures', () => {
    const flip = (o: Outcome): Outcome => {
      const { metric, items: told } = o as { metric: number; items: ItemResults };
      return { outcome: 'ok', metric: Number((1 - metric).toFixed(6)), metrics: {}, items: told };
    };
    const world = (n: number, seed: number) =>
      answers((i) => champion(i) !== (n > 0 && (i * 7 + seed) % 29 < n));
    const passes = new Night(world, { metric: maximize });
    const failures = new Night((n, seed) => flip(world(n, seed)), { metric: minimize });
    for (let n = 0; n < 8; n++) {
      const [a, b] = [passes.experiment(n), failures.experiment(n)];
      expect(b.verdict).toBe(a.verdict);
      if (n > 0) expect(b.z).toBeCloseTo(a.z!, 6);
    }
  });

  it('is the same after the journal was read again', () => {
    const night = new Night((n, seed) => answers((i) => champion(i) !== (n > 0 && (i * 7 + seed) % 23 < n)), {
      metric: maximize,
    });
    for (let n = 0; n < 6; n++) night.experiment(n);
    const again = JSON.parse(JSON.stringify(night.events)).reduce(foldLedger, openLedger());
    expect(again).toEqual(night.ledger);
  });

  it('fewer than 30 items are too coarse for one confirmation', () => {
    expect(dialsOf({ strictness: 'fast', minGain: null }, 20)).toBe(presets.balanced);
    expect(dialsOf({ strictness: 'fast', minGain: null }, 30)).toBe(presets.fast);
    expect(dialsOf({ strictness: 'strict', minGain: null }, 20)).toBe(presets.strict);
    expect(dialsOf({ strictness: 'fast', minGain: null }, null)).toBe(presets.fast);
  });

  it('a declared number of items bounds how exact a rate or a percentage can be', () => {
    for (const unit of [1, 100]) {
      const night = new Night((n) => unit * (n === 0 ? 0.5 : 0.53), { metric: { ...maximize, items: 200 } });
      const sigma = night.experiment(0).sigma!;
      expect(sigma / unit).toBeCloseTo(Math.sqrt(0.25 / 200), 3);
      expect(night.experiment(1).verdict).toBe('discarded');
    }
    // Errors, not passes: the same, mirrored.
    const errors = new Night((n) => (n === 0 ? 0.5 : 0.47), { metric: { ...minimize, items: 200 } });
    errors.experiment(0);
    expect(errors.experiment(1).verdict).toBe('discarded');
  });
});
