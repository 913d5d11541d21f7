import type { RunState } from '../journal/state.ts';
import type { RevertTarget } from '../protocol/commands.ts';

/** A move of the champion to an earlier (or formerly kept) commit. */
export interface MovePlan {
  to: string;
  n: number;
  reverted: number[];
  restored: number[];
}

/** Experiments from the baseline to `n`, following parents: the commits that a champion stands on. */
export function lineage(state: RunState, n: number): number[] {
  const bySha = new Map(state.experiments.filter((e) => e.sha !== null).map((e) => [e.sha, e.n]));
  const line: number[] = [];
  for (let at: number | undefined = n; at !== undefined && !line.includes(at); ) {
    line.unshift(at);
    if (at === 0) break;
    at = bySha.get(state.experiments[at]!.parent);
  }
  return line;
}

/**
 * What a revert would do, or why it cannot be done (one plain sentence). Commits stay; only the champion moves.
 * @param forced the user wants it although it was never kept; it must have given a number
 */
export function planRevert(
  state: RunState,
  target: RevertTarget,
  forced = false,
): MovePlan | { refused: string } {
  const champion = state.champion.n;
  if (target.to === 'before') return planDiscard(state, target.n);
  if (champion === 0 && target.to !== 'experiment') {
    return { refused: 'nothing to revert: the champion is the baseline' };
  }
  const here = lineage(state, champion);
  const n = target.to === 'baseline' ? 0 : target.to === 'last-kept' ? here.at(-2)! : target.n;
  const experiment = state.experiments[n];
  if (!experiment) return { refused: `there is no experiment #${n}` };
  if (n === champion) return { refused: `#${n} is the champion already` };
  const wasKept = experiment.verdict === 'kept' || experiment.verdict === 'reverted';
  if (experiment.sha === null || experiment.verdict === null || !(wasKept || forced)) {
    return { refused: `#${n} was never kept (${experiment.verdict ?? 'not decided yet'})` };
  }
  if (!wasKept && experiment.metric === null) {
    return {
      refused: `#${n} never gave a number (${experiment.verdict}): nothing could be compared with it`,
    };
  }
  const there = lineage(state, n);
  return {
    to: experiment.sha,
    n,
    reverted: here.filter((m) => m > 0 && !there.includes(m)),
    restored: there.filter((m) => m > 0 && !here.includes(m)),
  };
}

/** Back to what kept experiment `n` stood on: it goes, and what was kept on top of it. */
function planDiscard(state: RunState, n: number): MovePlan | { refused: string } {
  const experiment = state.experiments[n];
  if (!experiment) return { refused: `there is no experiment #${n}` };
  const here = lineage(state, state.champion.n);
  const at = here.indexOf(n);
  if (at < 1)
    return {
      refused: `#${n} is not kept (${experiment.verdict ?? 'not decided yet'}), there is nothing to discard`,
    };
  return planRevert(state, { to: 'experiment', n: here[at - 1]! });
}
