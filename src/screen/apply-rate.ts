import type { RunState } from '../journal/state.ts';
import { oncePerList } from './selectors.ts';

/** How many of a model's replies could be applied. */
export interface ApplyRate {
  replies: number;
  applied: number;
  /** Why the others could not, by code, most frequent first. */
  refused: [string, number][];
}

/** Refusals that say nothing of how well the edit was written: it applied, and fell at a later check. */
export const applied: ReadonlySet<string> = new Set([
  'duplicate',
  'no-change',
  'check',
  'static',
  'smoke',
  'novelty',
  'stale',
]);

/** Over the whole run, or the last `recent` experiments that a model proposed. null = no reply yet. */
export function applyRate(run: RunState, recent = Number.POSITIVE_INFINITY): ApplyRate | null {
  const asked = askedOf(run);
  const counted = Number.isFinite(recent) ? asked.slice(-recent) : asked;
  let replies = 0;
  const codes = new Map<string, number>();
  for (const e of counted) {
    replies += e.attempts;
    for (const { code } of e.refusals) if (!applied.has(code)) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  if (replies === 0) return null;
  const refused = [...codes].sort((a, b) => b[1] - a[1]);
  return { replies, applied: replies - refused.reduce((sum, [, count]) => sum + count, 0), refused };
}

const isModel = (proposer: string) => proposer === 'ollama' || proposer === 'panel';

const askedOf = oncePerList((experiments) =>
  experiments.filter((e) => e && e.n > 0 && e.attempts > 0 && isModel(e.proposer)),
);
