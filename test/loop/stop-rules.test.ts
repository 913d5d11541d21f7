import { describe, expect, it } from 'vitest';
import { foldAll } from '../../src/journal/fold.ts';
import { experimentSeed, trialSeed } from '../../src/loop/seeds.ts';
import { type StopState, shouldStop } from '../../src/loop/stop-rules.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { Verdict } from '../../src/protocol/words.ts';
import { maximize, minimize, settings } from './night.ts';

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
  describe('keeps time back for verifying', () => {
    const hour = 3_600_000;
    /** Trials of these many seconds, a champion that was kept, five pairs. */
    const at = (ms: number, over: { seconds?: number[]; n?: number; verify?: number } = {}) => {
      const s = state(['kept', 'kept'], { afterMs: hour }, { champion: { n: over.n ?? 1 } });
      const trials = (over.seconds ?? [10, 60, 900]).map((seconds) => ({ outcome: 'ok', seconds }));
      return shouldStop(
        {
          ...s,
          settings: { ...s.settings!, verify: over.verify ?? 5 },
          experiments: s.experiments.map((e, n) => ({ ...e!, trials: n === 0 ? trials : [] })),
        },
        ms,
      );
    };
    // The middle trial of 60 s, ten times: 10 minutes of the hour.
    it('two middle trials a pair, at the edge', () => {
      expect(at(50 * 60_000 - 1)).toBeNull();
      expect(at(50 * 60_000)).toBe('60 minutes are nearly over: what is left is for verifying the result');
      expect(at(hour)).toBe('60 minutes are over, as asked');
    });
    it('a quarter of the whole at most: more than that, and none is kept back', () => {
      expect(at(45 * 60_000, { seconds: [90] })).not.toBeNull();
      expect(at(45 * 60_000 - 1, { seconds: [90] })).toBeNull();
      expect(at(hour - 1, { seconds: [90.1] })).toBeNull();
      expect(at(hour, { seconds: [90.1] })).not.toBeNull();
    });
    it.each([
      ['nothing was kept', { n: 0 }],
      ['no pairs are asked for', { verify: 0 }],
      ['no trial gave a number', { seconds: [] }],
    ])('none where %s', (_, over) => {
      expect(at(hour - 1, over)).toBeNull();
      expect(at(hour, over)).toBe('60 minutes are over, as asked');
    });
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

describe('the clock of a sitting', () => {
  const process = { pid: 1, startTicks: null, bootId: null };
  const resumed = { type: 'run.resumed', engine: process, recovered: [] } as EventBody;
  const noted = { type: 'human.acted', act: 'x', detail: '' } as EventBody;
  const ended = { type: 'run.ended', outcome: 'stopped', why: '', exitCode: 0 } as EventBody;
  const started = { type: 'run.started', settings: settings(), base: 'b' } as EventBody<'run.started'>;
  /** Minutes of the sitting after events at these minutes. */
  const minutes = (...told: [minute: number, body: EventBody][]): number =>
    foldAll(
      told.map(([minute, body], i) => {
        const at = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
        return { v: 1, seq: i + 1, at, ...body } as JournalEvent;
      }),
    ).sittingMs / 60_000;

  it('counts from the start to the last event', () => {
    expect(minutes([0, started])).toBe(0);
    expect(minutes([0, started], [5, noted], [7, noted])).toBe(7);
  });
  it('goes on after a crash, without the time that nothing lived', () => {
    expect(minutes([0, started], [50, noted], [500, resumed], [505, noted])).toBe(55);
  });
  it('begins anew when the run had ended', () => {
    expect(minutes([0, started], [50, ended], [500, resumed], [505, noted])).toBe(5);
  });
  it('is not turned back by a clock that is', () => {
    expect(minutes([0, started], [50, noted], [-90_000, noted], [-89_998, noted])).toBe(52);
  });
  it('ends the run at its edge, neither before nor by less', () => {
    const at = (ms: number) => shouldStop(state(['kept'], { afterMs: 60_000 }), ms);
    expect([59_999, 59_999.99].map(at)).toEqual([null, null]);
    expect(at(60_000)).toBe('1 minute is over, as asked');
    expect(at(60_000.01)).toBe('1 minute is over, as asked');
  });
  it('when several rules hold at once, one reason is given: what was asked for first', () => {
    const stop = { experiments: 2, afterMs: 1000, target: 2, plateau: 2 };
    const at = (ms: number, over: Partial<typeof stop> = {}) =>
      shouldStop(state(['kept', 'discarded', 'discarded'], { ...stop, ...over }, { metrics: [1, 3, 3] }), ms);
    expect(at(5000)).toBe('2 experiments are decided, as asked');
    expect(at(5000, { experiments: 9 })).toBe('1 second is over, as asked');
    expect(at(0, { experiments: 9 })).toMatch(/^the target is reached: loss 1/);
    expect(at(0, { experiments: 9, target: 0.5 })).toBe('plateau: 2 experiments in a row without a keep');
    expect(at(0, { experiments: 9, target: 0.5, plateau: 3 })).toBeNull();
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
