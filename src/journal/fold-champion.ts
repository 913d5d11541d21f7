import type { JournalEvent } from '../protocol/events.ts';
import type { Verdict } from '../protocol/words.ts';
import { change } from './change-experiment.ts';
import { none } from './pool.ts';
import type { RunState } from './state.ts';

/** Folds a move of the champion: what stopped being kept, and what is kept again. */
export function foldChampion(s: RunState, event: JournalEvent<'champion.moved'>): void {
  s.verification = { start: [], end: [], failures: 0, of: null };
  s.verified = null;
  s.offered = null;
  s.plateau = null;
  const from = event.from === s.champion.sha ? s.champion.sha : event.from;
  const e = s.experiments[event.n];
  const to = event.to === e?.sha ? e.sha : event.to;
  s.champion = { sha: to, n: event.n };
  s.bar = event.bar ?? null;
  s.moves.push({
    at: event.at,
    from,
    to,
    n: event.n,
    by: event.by,
    cause: event.cause,
    reverted: event.reverted.length > 0 ? event.reverted : none(),
    restored: event.restored.length > 0 ? event.restored : none(),
    // A keep says what its verdict said.
    why: event.why === e?.why ? e.why : event.why,
  });
  for (const m of event.reverted) {
    // Taking a forced keep back gives it the verdict that it had.
    const before = event.cause === 'undone' ? (s.experiments[m]?.verdictBefore ?? null) : null;
    setVerdict(s, m, before ?? 'reverted');
    if (before) change(s, m, () => ({ verdictBefore: null, by: 'engine' }));
  }
  for (const m of event.restored) {
    const verdict = s.experiments[m]?.verdict ?? null;
    if (event.cause === 'forced' && m === event.n && verdict !== 'reverted')
      change(s, m, () => ({ verdictBefore: verdict, by: event.by }));
    setVerdict(s, m, 'kept');
  }
}

function setVerdict(s: RunState, n: number, verdict: Verdict): void {
  const before = s.experiments[n]?.verdict;
  if (!before || before === verdict) return;
  change(s, n, () => ({ verdict }));
  if (n === 0) return;
  s.counts[before] -= 1;
  s.counts[verdict] += 1;
}
