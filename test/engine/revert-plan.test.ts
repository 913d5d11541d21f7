import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineage, planRevert } from '../../src/engine/revert-plan.ts';
import { emptyState } from '../../src/journal/fold.ts';
import type { Experiment, RunState } from '../../src/journal/state.ts';
import type { Verdict } from '../../src/protocol/words.ts';

/** A run whose experiments are told as [parent, verdict]; number 0 is the baseline. */
function runOf(champion: number, told: [parent: number, verdict: Verdict | null, sha?: null][]): RunState {
  const sha = (n: number) => `sha${n}`;
  const experiments = [[0, 'kept'] as const, ...told].map(
    ([parent, verdict, none], n) =>
      ({ n, verdict, sha: none === null ? null : sha(n), parent: sha(parent) }) as Experiment,
  );
  return { ...emptyState(), base: sha(0), experiments, champion: { n: champion, sha: sha(champion) } };
}

// 0 - 1 - 3 - 4   kept, champion is 4; 2 stood on 1 and was discarded; 5 is running.
const straight = () =>
  runOf(4, [
    [0, 'kept'],
    [1, 'discarded'],
    [1, 'kept'],
    [3, 'kept'],
    [4, null],
  ]);
// 0 - 1 - 2(reverted); back at 1, then 3 kept on it.
const forked = () =>
  runOf(3, [
    [0, 'kept'],
    [1, 'reverted'],
    [1, 'kept'],
  ]);

test('the lineage follows parents, not numbers', () => {
  expect(lineage(straight(), 4)).toEqual([0, 1, 3, 4]);
  expect(lineage(straight(), 0)).toEqual([0]);
  expect(lineage(forked(), 2)).toEqual([0, 1, 2]);
});

test('a lineage of a journal that makes no sense ends', () => {
  const odd = runOf(2, [
    [2, 'kept'],
    [1, 'kept'],
  ]);
  expect(lineage(odd, 2)).toEqual([1, 2]);
});

describe('where it goes', () => {
  test('last kept: the one that the champion stands on', () => {
    expect(planRevert(straight(), { to: 'last-kept' })).toEqual({
      to: 'sha3',
      n: 3,
      reverted: [4],
      restored: [],
    });
  });

  test('baseline: everything kept is reverted, what was not kept is left alone', () => {
    expect(planRevert(straight(), { to: 'baseline' })).toEqual({
      to: 'sha0',
      n: 0,
      reverted: [1, 3, 4],
      restored: [],
    });
  });

  test('back to a chosen one', () => {
    expect(planRevert(straight(), { to: 'experiment', n: 1 })).toMatchObject({ n: 1, reverted: [3, 4] });
    expect(planRevert(straight(), { to: 'experiment', n: 0 })).toMatchObject({ n: 0, reverted: [1, 3, 4] });
  });

  test('forward, and across, to one that was reverted: it is kept again, the others are not', () => {
    expect(planRevert(forked(), { to: 'experiment', n: 2 })).toEqual({
      to: 'sha2',
      n: 2,
      reverted: [3],
      restored: [2],
    });
    const atBaseline = runOf(0, [
      [0, 'reverted'],
      [1, 'reverted'],
    ]);
    expect(planRevert(atBaseline, { to: 'experiment', n: 2 })).toEqual({
      to: 'sha2',
      n: 2,
      reverted: [],
      restored: [1, 2],
    });
  });
});

describe('what is refused', () => {
  test.each([
    ['nothing kept yet', runOf(0, [[0, 'discarded']]), { to: 'last-kept' }, /the champion is the baseline/],
    ['baseline already', runOf(0, []), { to: 'baseline' }, /the champion is the baseline/],
    ['itself', straight(), { to: 'experiment', n: 4 }, /#4 is the champion already/],
    ['unknown', straight(), { to: 'experiment', n: 17 }, /no experiment #17/],
    ['discarded', straight(), { to: 'experiment', n: 2 }, /#2 was never kept \(discarded\)/],
    ['undecided', straight(), { to: 'experiment', n: 5 }, /#5 was never kept \(not decided yet\)/],
    ['without a commit', runOf(0, [[0, 'rejected', null]]), { to: 'experiment', n: 1 }, /never kept/],
  ] as const)('%s', (_, state, target, why) => {
    expect(planRevert(state, target)).toEqual({ refused: expect.stringMatching(why) });
  });
});

describe('discarding a kept one', () => {
  test('it goes, and what was kept on top of it', () => {
    expect(planRevert(straight(), { to: 'before', n: 3 })).toEqual({
      to: 'sha1',
      n: 1,
      reverted: [3, 4],
      restored: [],
    });
    expect(planRevert(straight(), { to: 'before', n: 1 })).toMatchObject({ n: 0, reverted: [1, 3, 4] });
    expect(planRevert(straight(), { to: 'before', n: 4 })).toMatchObject({ n: 3, reverted: [4] });
  });

  test.each([
    [2, /#2 is not kept \(discarded\)/],
    [5, /#5 is not kept \(not decided yet\)/],
    [17, /no experiment #17/],
  ])('#%i is refused', (n, why) => {
    expect(planRevert(straight(), { to: 'before', n })).toEqual({ refused: expect.stringMatching(why) });
  });
});

test('what was never kept can be forced, when it gave a number', () => {
  const state = straight();
  const target = { to: 'experiment', n: 2 } as const;
  // It stood on 1: what was kept beside it goes.
  expect(planRevert(state, target, true)).toEqual({ to: 'sha2', n: 2, reverted: [3, 4], restored: [2] });
  state.experiments[2]!.metric = null;
  expect(planRevert(state, target, true)).toEqual({ refused: expect.stringMatching(/never gave a number/) });
  expect(planRevert(state, { to: 'experiment', n: 5 }, true)).toEqual({
    refused: expect.stringMatching(/not decided yet/),
  });
});

test('there and back again is nothing, whatever the run looks like', () => {
  // Any night: each experiment stands on the champion of its time; some are kept, and now and then all goes back.
  const steps = fc.array(fc.record({ kept: fc.boolean(), back: fc.nat({ max: 30 }) }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, fc.nat(), (night, chosen) => {
      let state = runOf(0, []);
      const verdicts = () => state.experiments.map((e) => e.verdict);
      const go = (n: number) => {
        const plan = planRevert(state, { to: 'experiment', n });
        if ('refused' in plan) return false;
        state = {
          ...state,
          champion: { n: plan.n, sha: plan.to },
          experiments: state.experiments.map((e) => {
            if (plan.reverted.includes(e.n)) return { ...e, verdict: 'reverted' };
            return plan.restored.includes(e.n) ? { ...e, verdict: 'kept' } : e;
          }),
        };
        return true;
      };
      for (const { kept, back } of night) {
        const n = state.experiments.length;
        const e = { n, sha: `sha${n}`, parent: state.champion.sha, verdict: kept ? 'kept' : 'discarded' };
        state = { ...state, experiments: [...state.experiments, e as Experiment] };
        if (kept) state = { ...state, champion: { n, sha: `sha${n}` } };
        if (back < state.experiments.length) go(back);
        // Kept is exactly what the champion stands on.
        const line = lineage(state, state.champion.n);
        for (const x of state.experiments) expect(x.verdict === 'kept').toBe(line.includes(x.n));
      }
      const before = { champion: state.champion, verdicts: verdicts() };
      if (go(chosen % state.experiments.length)) {
        expect(go(before.champion.n)).toBe(true);
        expect({ champion: state.champion, verdicts: verdicts() }).toEqual(before);
      }
    }),
  );
});
