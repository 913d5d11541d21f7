import { describe, expect, it } from 'vitest';
import { recordings, study } from './curves/study.ts';

// 166 real trainings of the tiny-lm sample with one constant changed, against two champions.
describe.each(recordings())('early stop on recorded trainings, champion "$champion"', (recording) => {
  const s = study(recording);

  it('saves more than a tenth of the training time', () => {
    expect(s.runs).toBeGreaterThan(80);
    expect(s.saved).toBeGreaterThan(0.1);
  });

  it('ends no clear winner, and few that are as good as the champion', () => {
    expect(s.falseKills.filter((f) => f.gain > 2 * s.error)).toEqual([]);
    expect(s.falseKills.length).toBeLessThanOrEqual(0.1 * s.ended);
  });

  // By the clock alone, 16 to 46 of the truly better ones were ended on such machines.
  it.each([true, false])('nor on a machine that other programs slow down (waiting told: %s)', (tells) => {
    for (const speed of [0.8, 0.7, 0.5]) {
      const slow = study(recording, 4, { speed, tells });
      expect(slow.falseKills.length, `at ${speed}`).toBeLessThanOrEqual(3);
      if (speed > 0.6) expect(slow.saved, `at ${speed}`).toBeGreaterThan(0.08);
    }
  });
});
