import { describe, expect, it } from 'vitest';
import { minimize, Night, type Outcome } from './night.ts';

const noisy = [0.999, 1, 1.001];

/** A night whose experiments change so many lines of code, with ties as asked. */
function night(lists: Record<number, Outcome[]>, lines: Record<number, number>, over: object = {}) {
  const at: Record<number, number> = {};
  const world = (n: number): Outcome => {
    const list = lists[n]!;
    at[n] = (at[n] ?? 0) + 1;
    return list[Math.min(at[n]!, list.length) - 1]!;
  };
  const made = new Night(world, { ties: 'keep-simpler', ...over });
  const emit = made.emit.bind(made);
  made.emit = (body) => {
    emit(body);
    if (body.type !== 'experiment.started') return;
    const { n } = body;
    emit({
      type: 'experiment.committed',
      n,
      sha: `${n}`,
      tree: '',
      parent: '',
      files: [],
      added: 0,
      removed: 0,
      fuzzy: false,
      codeLines: lines[n] ?? 0,
    });
  };
  made.experiment(0);
  return made;
}

describe('equal and simpler', () => {
  it('is kept after as many runs as a candidate may have, and says why', () => {
    const made = night({ 0: noisy, 1: [1.0001, 0.9999, 1] }, { 1: -4 });
    const decided = made.experiment(1);
    expect(decided).toMatchObject({ verdict: 'kept', confidence: 'provisional', label: null });
    expect(decided.why).toMatch(
      /^1\.000 vs 1\.000: [+-]0\.0 sigma, equal and simpler: 4 lines of code less, in the mean of three runs$/,
    );
    expect(made.trials.get(1)).toEqual(['candidate', 'confirm', 'confirm']);
  });

  it('does not lower the bar, so that many ties cannot add up to a loss', () => {
    const made = night({ 0: noisy, 1: [1.0003, 1.0003, 1.0003] }, { 1: -1 });
    expect(made.experiment(1).verdict).toBe('kept');
    const { bar } = made.ledger.champion;
    expect(bar.reduce((a, b) => a + b) / bar.length).toBeCloseTo(1, 5);
  });

  it('needs code that is shorter, a number that is not worse, and the setting', () => {
    const lists = { 0: noisy, 1: [1.0001] };
    expect(night(lists, { 1: 0 }).experiment(1).verdict).toBe('discarded');
    expect(night(lists, { 1: 3 }).experiment(1).verdict).toBe('discarded');
    expect(night(lists, { 1: -3 }, { ties: 'discard' }).experiment(1).verdict).toBe('discarded');
    expect(night({ 0: noisy, 1: [1.002] }, { 1: -3 }).experiment(1).verdict).toBe('discarded');
    const unlucky = night({ 0: noisy, 1: [1, 1.003] }, { 1: -3 });
    expect(unlucky.experiment(1).verdict).toBe('discarded');
    expect(unlucky.trials.get(1)).toEqual(['candidate', 'confirm']);
  });

  it('where the metric repeats exactly means exactly equal, and one run says it', () => {
    const made = night({ 0: [7], 1: [7], 2: [7.001] }, { 1: -1, 2: -9 });
    expect(made.experiment(1)).toMatchObject({ verdict: 'kept', confidence: 'confirmed' });
    expect(made.trials.get(1)).toEqual(['candidate']);
    expect(made.experiment(2).verdict).toBe('discarded');
  });

  it('is no excuse for a broken guard, and better is kept as better', () => {
    const guards = [{ name: 'memory', max: 10, min: null, worseBy: null, direction: 'minimize' as const }];
    const watched = (metric: number, memory: number) => ({
      outcome: 'ok' as const,
      metric,
      metrics: { memory },
    });
    const made = night(
      { 0: noisy.map((m) => watched(m, 9)), 1: [watched(1, 11)], 2: [watched(0.98, 9)] },
      { 1: -5, 2: -5 },
      { guards },
    );
    expect(made.experiment(1)).toMatchObject({ verdict: 'discarded' });
    expect(made.experiment(2).why).not.toContain('simpler');
  });
});

it('a least noise, as the user knows it, holds also where repeats agree', () => {
  const world = (n: number) => (n === 0 ? 1.0001 : n === 1 ? 0.998 : 0.9);
  const made = new Night(world, { metric: { ...minimize, noise: 0.005 } });
  expect(made.experiment(0).sigma).toBeCloseTo(0.005, 5);
  expect(made.experiment(1).verdict).toBe('discarded');
  expect(made.experiment(2).verdict).toBe('kept');
});
