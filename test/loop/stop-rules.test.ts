import { describe, expect, it } from 'vitest';
import { experimentSeed, trialSeed } from '../../src/loop/seeds.ts';
import { type StopState, shouldStop } from '../../src/loop/stop-rules.ts';
import type { Verdict } from '../../src/protocol/words.ts';
import { maximize, minimize, type settings } from './night.ts';

function state(
  verdicts: (Verdict | null)[],
  stop: Partial<ReturnType<typeof settings>['stop']>,
  over: Partial<StopState> & { metrics?: number[]; metric?: typeof minimize } = {},
): StopState {
  const none = { experiments: null, afterMs: null, target: null, plateau: null };
  return {
    settings: { stop: { ...none, ...stop }, metric: over.metric ?? minimize },
    champion: over.champion ?? { n: 0 },
    experiments: verdicts.map((verdict, n) => ({ n, verdict, metric: over.metrics?.[n] ?? null })),
  };
}

describe('stop rules', () => {
  it('without any, the run goes on', () => {
    expect(shouldStop(state(['kept', 'discarded'], {}), 1e12)).toBeNull();
    expect(shouldStop({ ...state([], {}), settings: null }, 0)).toBeNull();
  });
  it('counts decided experiments, not the baseline, not the void ones, not the running one', () => {
    const stop = { experiments: 3 };
    expect(shouldStop(state(['kept', 'crashed', 'void', 'rejected', null], stop), 0)).toBeNull();
    expect(shouldStop(state(['kept', 'crashed', 'void', 'rejected', 'skipped'], stop), 0)).toBe(
      '3 experiments are decided, as asked',
    );
    expect(shouldStop(state(['kept'], { experiments: 0 }), 0)).not.toBeNull();
  });
  it('ends after its time', () => {
    const stop = { afterMs: 12 * 3_600_000 };
    expect(shouldStop(state(['kept'], stop), 43_199_999)).toBeNull();
    expect(shouldStop(state(['kept'], stop), 43_200_000)).toBe('12 hours are over, as asked');
    expect(shouldStop(state(['kept'], { afterMs: 60_000 }), 60_000)).toBe('1 minute is over, as asked');
  });
  it('ends when the champion reaches the target', () => {
    const at = (target: number, metric = minimize) =>
      shouldStop(
        state(
          ['kept', 'kept', 'discarded'],
          { target },
          { champion: { n: 1 }, metrics: [1, 0.96, 0.5], metric },
        ),
        0,
      );
    expect(at(0.95)).toBeNull();
    expect(at(0.96)).toBe('the target is reached: loss 0.96 (asked for 0.96)');
    expect(at(0.97, maximize)).toBeNull();
    expect(at(0.9, maximize)).not.toBeNull();
  });
  it('ends on a plateau, counted since the last keep, also one that was reverted', () => {
    const stop = { plateau: 2 };
    expect(shouldStop(state(['kept', 'discarded', 'kept', 'crashed'], stop), 0)).toBeNull();
    expect(shouldStop(state(['kept', 'kept', 'skipped', 'discarded', 'void'], stop), 0)).toBeNull();
    expect(shouldStop(state(['kept', 'discarded', 'reverted', 'discarded'], stop), 0)).toBeNull();
    expect(shouldStop(state(['kept', 'kept', 'discarded', 'crashed'], stop), 0)).toBe(
      'plateau: 2 experiments in a row without a keep',
    );
  });
});

describe('seeds', () => {
  it('depend on the run and the index alone, and differ', () => {
    const seeds = Array.from({ length: 2000 }, (_, i) => trialSeed(7, i));
    expect(new Set(seeds).size).toBe(2000);
    for (const s of seeds) expect(Number.isInteger(s) && s >= 0 && s < 2 ** 31).toBe(true);
    expect(trialSeed(7, 3)).toBe(trialSeed(7, 3));
    expect(trialSeed(8, 3)).not.toBe(trialSeed(7, 3));
    expect(experimentSeed(7, 3)).not.toBe(trialSeed(7, 3));
    expect(experimentSeed(7, 3)).not.toBe(experimentSeed(7, 4));
  });
});
