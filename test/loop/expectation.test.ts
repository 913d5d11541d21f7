import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpectationContext, expectedGain } from '../../src/loop/expectation.ts';

const bpb: ExpectationContext = { metric: 'val_bpb', direction: 'minimize', scale: 'log', level: 1.35 };
const accuracy: ExpectationContext = { metric: 'accuracy', direction: 'maximize', scale: 'abs', level: 0.85 };
const seconds: ExpectationContext = { metric: 'seconds', direction: 'minimize', scale: 'log', level: 12 };
const fall = (share: number) => -Math.log(1 - share);

describe('an expectation as a number', () => {
  it.each<[string, ExpectationContext, number | null]>([
    ['lower', bpb, null],
    ['unknown: little has been varied yet', bpb, null],
    ['1 % lower', bpb, fall(0.01)],
    ['val_bpb -1.5%', bpb, fall(0.015)],
    ['val_bpb drops by 1-2 %', bpb, fall(0.015)],
    ['1% to 2% improvement', bpb, fall(0.015)],
    ['improves val_bpb by about 0.5 percent', bpb, fall(0.005)],
    ['+2% better', bpb, fall(0.02)],
    ['val_bpb rises by 1 %', bpb, -Math.log(1.01)],
    ['worse by 1 % at first', bpb, -Math.log(1.01)],
    ['val_bpb 1.35 -> 1.32', bpb, Math.log(1.35 / 1.32)],
    ['val_bpb should go from 1.35 to 1.32', bpb, Math.log(1.35 / 1.32)],
    ['val_bpb around 1.30', bpb, Math.log(1.35 / 1.3)],
    ['val_bpb decreases by 0.02', bpb, -Math.log(1.33 / 1.35)],
    ['-0.02 bpb', bpb, -Math.log(1.33 / 1.35)],
    ['lower by 0.02 to 1.33', bpb, -Math.log(1.33 / 1.35)],
    ['80 % chance of an improvement', bpb, null],
    ['30 % more memory; 1 % lower', bpb, fall(0.01)],
    ['20 % faster, so more steps', bpb, null],
    ['20 % faster', seconds, fall(0.2)],
    ['by 2 sigma', bpb, null],
    ['with 4 layers instead of 3', bpb, null],
    ['accuracy +2 %', accuracy, 0.017],
    ['accuracy 85% -> 87%', accuracy, 0.02],
    ['accuracy drops by 0.01', accuracy, -0.01],
    ['100 % lower', bpb, fall(0.9)],
  ])('%s', (text, context, gain) => {
    const found = expectedGain(text, context);
    if (gain === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(gain, 6);
  });

  it('needs a level where a share alone says nothing', () => {
    expect(expectedGain('2 % better', { ...accuracy, level: null })).toBeNull();
    expect(expectedGain('2 % better', { ...bpb, level: null })).toBeCloseTo(fall(0.02));
  });

  it('is a finite number or none, whatever the text', () => {
    const words = fc.constantFrom(
      'lower',
      'by',
      '%',
      '->',
      'to',
      '1.35',
      '-',
      '+0.02',
      '1e-3',
      'val_bpb',
      ';',
      '0',
      '9'.repeat(30),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 12 }).map((w) => w.join(' ')),
        ),
        (text) => {
          for (const context of [bpb, accuracy, { ...bpb, level: 0 }, { ...accuracy, level: -1 }]) {
            const gain = expectedGain(text, context);
            expect(gain === null || Number.isFinite(gain)).toBe(true);
          }
        },
      ),
    );
  });
});
