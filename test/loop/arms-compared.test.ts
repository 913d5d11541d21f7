import { expect, it } from 'vitest';
import { gainText, hourlyText, timeText, whText } from '../../src/loop/amounts.ts';
import type { ArmExperiment } from '../../src/loop/arms.ts';
import { compareModelAndTuner } from '../../src/loop/arms-compared.ts';

function tries(kind: 'ollama' | 'tuner', count: number, keeps: number, gain: number): ArmExperiment[] {
  return Array.from({ length: count }, (_, i) => ({
    n: i + 1,
    arm: { proposer: kind },
    family: null,
    asked: [
      {
        arm: { proposer: kind },
        replies: 1,
        refused: 0,
        seconds: kind === 'ollama' ? 60 : 0,
        energyWh: null,
      },
    ],
    sha: 'abc',
    verdict: i < keeps ? 'kept' : 'discarded',
    verdictBefore: null,
    confidence: null,
    gain: i < keeps ? gain : -gain,
    z: 50,
    sigma: 0.001,
    trials: [{ role: 'candidate', outcome: 'ok', seconds: 300, energyWh: 21 }],
  }));
}

it('says which brings more per hour only when the difference is large against its error', () => {
  const few = compareModelAndTuner([...tries('ollama', 6, 1, 0.002), ...tries('tuner', 6, 2, 0.002)], {
    scale: 'log',
    direction: 'maximize',
  })!;
  expect(few.better).toBeNull();
  expect(few.sentence).toBe(
    'The model has cost 36 min and 126 Wh for +0.2 %; the tuner 30 min and 126 Wh for +0.401 %: too few to say which brings more per hour.',
  );
  const many = compareModelAndTuner([...tries('ollama', 30, 1, 0.002), ...tries('tuner', 30, 20, 0.002)], {
    scale: 'log',
    direction: 'maximize',
  })!;
  expect(many.better).toBe('tuner');
  expect(many.sentence).toMatch(/: per hour the tuner brings more\.$/);
  expect(
    compareModelAndTuner([...tries('ollama', 30, 20, 0.002), ...tries('tuner', 30, 1, 0.002)], {
      scale: 'log',
      direction: 'maximize',
    })!.better,
  ).toBe('model');
});

it('has nothing to compare when one of them never proposed, and nothing to say when nothing was kept', () => {
  expect(compareModelAndTuner(tries('tuner', 9, 3, 0.1), { scale: 'log', direction: 'maximize' })).toBeNull();
  const none = compareModelAndTuner([...tries('ollama', 50, 0, 0.1), ...tries('tuner', 50, 0, 0.1)], {
    scale: 'log',
    direction: 'maximize',
  })!;
  expect(none.better).toBeNull();
  expect(none.sentence).toContain('for nothing');
});

it('writes amounts as people do', () => {
  expect([timeText(45.4), timeText(720), timeText(11160)]).toEqual(['45 s', '12 min', '3.1 h']);
  expect(hourlyText(-Math.log(0.88), 2, { scale: 'log', direction: 'minimize' })).toBe('+6 %');
  expect([whText(0.4123), whText(419.6), whText(1234)]).toEqual(['0.41 Wh', '420 Wh', '1.2 kWh']);
  expect([
    gainText(Math.log(1.0190123), { scale: 'log', direction: 'maximize' }),
    gainText(-0.0123456, { scale: 'abs', direction: 'minimize' }),
    gainText(0, { scale: 'log', direction: 'maximize' }),
  ]).toEqual(['+1.9 %', '-0.0123', 'nothing']);
});
