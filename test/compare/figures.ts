import type { RunState } from '../../src/journal/state.ts';

/** What one run brought and cost. */
export interface Figures {
  seed: number;
  /** Verified log gain of the end over the start, and what the log of the run alone would claim; null without a claim. */
  gain: number | null;
  logged: number | null;
  experiments: number;
  kept: number;
  /** Training seconds of first runs of ideas, and what early stop saved of them. */
  trained: number;
  saved: number;
  /** Trials that were ended early; that were found hopeless and run to their end; of these the ones that were kept. */
  ended: number;
  audits: number;
  falseKills: number;
}

/** Reads the figures off a finished run. */
export function figuresOf(state: RunState, seed: number): Figures {
  const claim = state.verified?.claim ?? null;
  const ideas = state.experiments.filter((e) => e.n > 0);
  const first = ideas.flatMap((e) => e.trials.filter((t) => t.role === 'candidate'));
  const early = ideas.flatMap((e) => e.trials.flatMap((t) => (t.early ? [{ e, ...t.early }] : [])));
  const audits = early.filter((x) => x.audit);
  const [from, to] = [state.experiments[0]!.metric, state.experiments[state.champion.n]!.metric];
  const nothing = state.champion.n === 0;
  return {
    seed,
    // A run that kept nothing ends where it began.
    gain: claim ? -Math.log(1 - claim.gain) : nothing ? 0 : null,
    logged: from !== null && to !== null ? Math.log(from / to) : null,
    experiments: ideas.filter((e) => e.verdict !== null).length,
    kept: ideas.filter((e) => e.verdict === 'kept').length,
    trained: first.reduce((sum, t) => sum + (t.seconds ?? 0), 0),
    saved: early.reduce((sum, x) => sum + x.savedSeconds, 0),
    ended: early.length - audits.length,
    audits: audits.length,
    falseKills: audits.filter(({ e }) => e.verdict === 'kept' || e.verdict === 'reverted').length,
  };
}

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** Mean and its 95 % interval over seeds, by Student's t. @returns null with fewer than two values */
export function intervalOf(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  const t = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228][n - 2] ?? 2.2;
  const half = (t * sd) / Math.sqrt(n);
  return { mean, low: mean - half, high: mean + half };
}
