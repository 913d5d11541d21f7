import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GpuUse, type ModelNeed, planLease, reserveMiB, worstUse } from '../../src/gpu/lease-policy.ts';

const gib = 1024;
const gpu = (peak: number, more: Partial<GpuUse> = {}): GpuUse => ({
  index: 0,
  totalMiB: 24 * gib,
  beforeMiB: 600,
  peakMiB: peak * gib,
  ...more,
});
const model = (total: number, more: Partial<ModelNeed> = {}): ModelNeed => ({
  name: 'qwen3:8b',
  totalMiB: total * gib,
  loadedMiB: null,
  gpus: null,
  ...more,
});

describe('auto', () => {
  test.each([
    // trial peak, model, expected: 24 GiB keep 1.92 GiB free.
    [10, 6, 'coresident'],
    [16, 6, 'coresident'],
    [16.2, 6, 'swap'],
    [20, 6, 'swap'],
    [10, 30, 'swap'],
    [10, 60, 'cpu'],
    [0.5, 6, 'coresident'],
  ])('a trial of %s GiB and a model of %s GiB on 24 GiB: %s', (peak, need, sharing) => {
    expect(planLease({ asked: 'auto', gpus: [gpu(peak)], model: model(need) }).sharing).toBe(sharing);
  });

  test('says the numbers it decided by', () => {
    expect(planLease({ asked: 'auto', gpus: [gpu(20)], model: model(6) }).why).toBe(
      'they do not fit together: trial 20.0 GiB + model 6.0 GiB + reserve 1.9 GiB of 24.0 GiB',
    );
    expect(planLease({ asked: 'auto', gpus: [gpu(10)], model: model(60) }).why).toBe(
      'qwen3:8b needs 60.0 GiB, the GPU has 23.4 GiB: the model runs on the CPU; a smaller one would be faster',
    );
  });

  test('several GPUs: the model where the trial is not needs no swap', () => {
    const gpus = [gpu(22), gpu(0.6, { index: 1, peakMiB: 600 })];
    const apart = planLease({ asked: 'auto', gpus, model: model(20, { loadedMiB: 20 * gib, gpus: [1] }) });
    expect(apart).toEqual({
      sharing: 'coresident',
      why: 'the model is on GPU 1, the trial on GPU 0',
    });
    const same = planLease({ asked: 'auto', gpus, model: model(20, { loadedMiB: 20 * gib, gpus: [0] }) });
    expect(same.sharing).toBe('swap');
    // Until it is seen where Ollama puts it, it may be where the trial is.
    expect(planLease({ asked: 'auto', gpus, model: model(20) }).sharing).toBe('swap');
  });

  test.each([
    [[], model(6), 'none', /no GPU/],
    [null, model(6), 'swap', /until a trial has been measured/],
    [[gpu(10)], null, 'swap', /not known/],
    [[gpu(20)], model(6, { loadedMiB: 0 }), 'coresident', /Ollama runs qwen3:8b on the CPU/],
    [[gpu(0.6, { peakMiB: 700 })], model(6), 'coresident', /uses no GPU memory/],
  ])('%#: what is not known is not risked', (gpus, need, sharing, why) => {
    const plan = planLease({ asked: 'auto', gpus, model: need });
    expect(plan.sharing).toBe(sharing);
    expect(plan.why).toMatch(why);
  });

  test('never puts both on one GPU without the reserve', () => {
    const mib = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(mib, mib, mib, mib, (total, before, rise, need) => {
        const peakMiB = before + rise;
        fc.pre(total > 0 && peakMiB <= total);
        const gpus = [{ index: 0, totalMiB: total, beforeMiB: before, peakMiB }];
        const plan = planLease({
          asked: 'auto',
          gpus,
          model: { name: 'm', totalMiB: need, loadedMiB: null, gpus: null },
        });
        if (plan.sharing === 'coresident' && rise >= 256)
          expect(peakMiB + need + reserveMiB(total)).toBeLessThanOrEqual(total);
      }),
    );
  });
});

test.each(['swap', 'coresident', 'cpu'] as const)('%s is done when pawl.yaml says so', (asked) => {
  const plan = planLease({ asked, gpus: [gpu(20)], model: model(6) });
  expect(plan.sharing).toBe(asked);
  expect(plan.why).toMatch(/as pawl\.yaml says/);
  if (asked === 'coresident') expect(plan.why).toMatch(/although it is tight: trial 20\.0 GiB/);
});

test('the worst of several trials counts, GPU by GPU', () => {
  const first = [gpu(10), gpu(1, { index: 1 })];
  const second = [gpu(12, { beforeMiB: 900 }), gpu(0.7, { index: 1 })];
  expect(worstUse([first, second])).toEqual([
    { index: 0, totalMiB: 24 * gib, beforeMiB: 600, peakMiB: 12 * gib },
    { index: 1, totalMiB: 24 * gib, beforeMiB: 600, peakMiB: 1 * gib },
  ]);
});
