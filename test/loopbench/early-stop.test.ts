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
});
