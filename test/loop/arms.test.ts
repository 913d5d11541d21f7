import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArmExperiment, armOutcomes, armRows, honestGain } from '../../src/loop/arms.ts';
import type { Arm } from '../../src/protocol/events.ts';

const tuner: Arm = { proposer: 'tuner' };
const qwen: Arm = { proposer: 'ollama', model: 'qwen3:8b' };
const asked = (arm: Arm, seconds: number, refused = 0) => ({
  arm,
  replies: 1,
  refused,
  seconds,
  energyWh: 1,
});
const trial = (seconds: number, role: 'candidate' | 'confirm' | 'champion' = 'candidate') => ({
  role,
  outcome: 'ok' as const,
  seconds,
  energyWh: 10,
});

function experiment(n: number, e: Partial<ArmExperiment>): ArmExperiment {
  return {
    n,
    arm: tuner,
    family: null,
    asked: [asked(e.arm ?? tuner, 2)],
    sha: 'abc',
    verdict: 'discarded',
    verdictBefore: null,
    confidence: null,
    gain: null,
    z: null,
    sigma: 0.01,
    trials: [trial(60)],
    ...e,
  };
}

describe('arms', () => {
  it('sums proposals, survivors, honest gain and cost by proposer', () => {
    const rows = armRows(
      [
        experiment(0, {}),
        experiment(1, {
          verdict: 'kept',
          gain: 0.02,
          z: 3,
          trials: [trial(60), trial(60, 'champion'), trial(60, 'confirm')],
        }),
        experiment(2, { arm: qwen, asked: [asked(qwen, 30)], verdict: 'reverted', gain: 0.05, z: 5 }),
        experiment(3, { arm: qwen, asked: [asked(qwen, 30, 1)], verdict: 'rejected', sha: null, trials: [] }),
        experiment(4, { verdict: 'void' }),
      ],
      'proposer',
    );
    expect(rows.map((r) => r.name)).toEqual(['tuner', 'model']);
    expect(rows[0]).toMatchObject({
      experiments: 1,
      applied: 1,
      tried: 1,
      kept: 1,
      survived: 1,
      survival: 1,
    });
    expect(rows[0]!.gain).toBeCloseTo(0.02 * 0.9);
    // Its own two trials; the champion's run to compare with is nobody's.
    expect(rows[0]).toMatchObject({ proposeSeconds: 2, trainSeconds: 120, energyWh: 21 });
    expect(rows[1]).toMatchObject({
      experiments: 2,
      applied: 1,
      kept: 1,
      survived: 0,
      gain: 0,
      refused: 1,
      proposeSeconds: 60,
    });
    expect(rows[0]!.gainPerHour).toBeCloseTo((0.018 * 3600) / 122);
  });

  it('gives each arm its own cost where one took over from another', () => {
    const outcomes = armOutcomes([
      undefined,
      experiment(1, {
        arm: tuner,
        asked: [{ ...asked(qwen, 90), replies: 3, refused: 3 }, asked(tuner, 1)],
        verdict: 'kept',
        gain: 0.1,
        z: 9,
      }),
    ]);
    expect(outcomes).toMatchObject([
      { arm: qwen, chosen: false, kept: false, gain: 0, proposeSeconds: 90, trainSeconds: 0, refused: 3 },
      { arm: tuner, chosen: true, kept: true, proposeSeconds: 1, trainSeconds: 60 },
    ]);
  });

  it('smoke runs cost their arm; what a model wrote ahead for nothing costs the model, whoever’s experiment it was', () => {
    const smoke = (seconds: number, champion = false) => ({ seconds, energyWh: null, champion });
    const charged = armOutcomes([
      experiment(1, { smokes: [smoke(8), smoke(9, true)], asked: [asked(tuner, 1), asked(qwen, 40)] }),
    ]);
    expect(charged).toMatchObject([
      { arm: tuner, chosen: true, proposeSeconds: 1, trainSeconds: 68 },
      { arm: qwen, chosen: false, tried: false, gain: 0, proposeSeconds: 40, trainSeconds: 0 },
    ]);
  });

  it('what the user forced, or wrote, is no credit to the proposer', () => {
    expect(
      armRows(
        [experiment(1, { verdict: 'kept', verdictBefore: 'discarded', gain: 0.1, z: 9 })],
        'proposer',
      )[0],
    ).toMatchObject({ kept: 0, gain: 0 });
    const edited = experiment(1, {
      arm: { proposer: 'human' },
      asked: [asked(qwen, 30)],
      verdict: 'kept',
      gain: 0.1,
      z: 9,
    });
    expect(armRows([edited], 'proposer')).toMatchObject([
      { name: 'you', kept: 1, trainSeconds: 60 },
      { name: 'model', kept: 0, trainSeconds: 0, proposeSeconds: 30 },
    ]);
  });

  it('by persona only those who have one, by family all', () => {
    const panel: Arm = { ...qwen, persona: 'optimiser' };
    const two = [experiment(1, { family: 'Rate' }), experiment(2, { arm: panel, family: 'rate ' })];
    expect(armRows(two, 'persona').map((r) => r.name)).toEqual(['optimiser']);
    expect(armRows(two, 'family')).toMatchObject([{ name: 'rate', experiments: 2 }]);
    // A set of families is the same set in any order.
    const set = [
      experiment(1, { family: 'learning rate, batch size' }),
      experiment(2, { family: 'Batch size,  learning rate' }),
    ];
    expect(armRows(set, 'family')).toMatchObject([{ name: 'batch size, learning rate', experiments: 2 }]);
    expect(armRows(two, 'model').map((r) => r.name)).toEqual(['qwen3:8b', 'tuner']);
  });

  it('no arm is credited with more than was measured, and no second is lost or counted twice', () => {
    const any = fc.record({
      arm: fc.constantFrom(tuner, qwen, { proposer: 'human' } as Arm),
      asked: fc.array(fc.constantFrom(asked(tuner, 3), asked(qwen, 5)), { maxLength: 1 }),
      verdict: fc.constantFrom('kept', 'discarded', 'crashed', 'reverted', 'skipped', null),
      gain: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
      z: fc.option(fc.double({ min: -9, max: 9, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (list) => {
        const all = [undefined, ...list.map((e, i) => experiment(i + 1, e as Partial<ArmExperiment>))];
        const rows = armRows(all, 'proposer');
        const counted = all.filter((e) => e && e.verdict !== null) as ArmExperiment[];
        const sum = (f: (r: (typeof rows)[number]) => number) => rows.reduce((s, r) => s + f(r), 0);
        expect(sum((r) => r.trainSeconds)).toBe(60 * counted.length);
        expect(sum((r) => r.proposeSeconds)).toBe(
          counted.flatMap((e) => e.asked).reduce((s, a) => s + a.seconds, 0),
        );
        for (const e of counted) expect(honestGain(e)).toBeLessThanOrEqual(Math.max(0, e.gain ?? 0));
      }),
    );
  });
});
