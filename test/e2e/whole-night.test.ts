import { beforeAll, describe, expect, test } from 'vitest';
import { edits, type Kind } from '../loopbench/whole/edits.ts';
import { keptOf, playWhole, type Whole } from '../loopbench/whole/play.ts';
import { journalFaults } from './night.ts';

// LoopBench, second level: real engine, git, processes and HTTP, on a toy whose truth is known.

let whole: Whole;
let killed: Whole;
beforeAll(async () => {
  [whole, killed] = await Promise.all([playWhole(3), playWhole(3, 18)]);
}, 300_000);

const kindOf = (n: number): Kind => edits[n - 1]!.kind;
const kept = ({ state }: Whole) => keptOf(state);

test('it ends by itself, all is decided, and the tree is clean', () => {
  expect(whole.code, whole.stderr).toBe(0);
  expect(whole.state.experiments.slice(1).every((e) => e.verdict !== null)).toBe(true);
  expect(whole.state.experiments.length).toBe(1 + edits.length);
  expect(whole.status).toBe('');
  expect(whole.worktrees).not.toContain('.pawl');
  expect(journalFaults(whole.events)).toEqual([]);
});

test('what truly helps is kept, what harms is not, and the end is as good as it can be', () => {
  const byKind = (kind: Kind) => kept(whole).filter((e) => kindOf(e.n) === kind).length;
  expect(byKind('gain')).toBe(6);
  expect(byKind('harm')).toBe(0);
  // Without an effect: a number in the noise may pass now and then, and costs nothing.
  expect(byKind('null')).toBeLessThanOrEqual(3);
  // All six knobs at their best: 0.225 in log units.
  expect(whole.truth).toBeGreaterThan(0.224);
  for (const [n, gain] of whole.gains)
    expect(gain, `#${n}`).toBeGreaterThan(kindOf(n) === 'gain' ? 0.015 : -1e-3);
});

test('each verdict is what the edit deserves', () => {
  for (const e of whole.state.experiments.slice(1)) {
    const kind = kindOf(e.n);
    if (kind === 'crash') expect(e, String(e.n)).toMatchObject({ verdict: 'crashed' });
    if (kind === 'harm') expect(e, String(e.n)).toMatchObject({ verdict: 'discarded' });
  }
  const refused = whole.state.experiments.flatMap((e) => e.refusals.map((r) => r.code));
  expect(refused.filter((code) => code === 'duplicate')).toHaveLength(2);
  expect(refused.filter((code) => code !== 'duplicate')).toHaveLength(2);
});

test('only what harms is ended early', () => {
  const ended = whole.state.experiments.filter((e) => e.trials.some((t) => t.early && !t.early.audit));
  expect(ended.length).toBeGreaterThanOrEqual(5);
  for (const e of ended) expect(kindOf(e.n), `#${e.n}`).toBe('harm');
});

test('the claim is near the truth', () => {
  const { gain, error } = whole.claim!;
  expect(Math.abs(gain - whole.truth)).toBeLessThan(3 * error);
  expect(error).toBeLessThan(0.01);
});

describe('killed and resumed in the middle', () => {
  test('it tells the same history', () => {
    expect(killed.code, killed.stderr).toBe(0);
    expect(killed.state.resumes).toBe(1);
    expect(journalFaults(killed.events)).toEqual([]);
    const history = ({ state }: Whole) =>
      state.experiments.map((e) => `#${e.n} ${e.verdict} ${e.hypothesis} ${e.refusals.map((r) => r.code)}`);
    expect(history(killed)).toEqual(history(whole));
    expect(kept(killed).map((e) => e.tree)).toEqual(kept(whole).map((e) => e.tree));
    expect(killed.state.experiments[killed.state.champion.n]!.tree).toBe(
      whole.state.experiments[whole.state.champion.n]!.tree,
    );
  });
});
