import type { JournalEvent } from '../protocol/events.ts';
import type { RunState } from './state.ts';

/** Folds what becomes of the personas' texts. */
export function foldPersonas(
  s: RunState,
  event: JournalEvent<'persona.rewritten' | 'persona.settled'>,
): void {
  const { at, persona, n, why } = event;
  s.personaNews = [...s.personaNews, { at, text: why }];
  if (event.type === 'persona.rewritten') {
    const { text, file } = event;
    s.rewrites = [...s.rewrites, { persona, n, text, file, outcome: 'open', settledAt: null }];
    return;
  }
  const outcome = event.kept ? ('kept' as const) : ('dropped' as const);
  const open = s.rewrites.findIndex((r) => r.persona === persona && r.outcome === 'open');
  s.rewrites =
    open < 0
      ? [...s.rewrites, { persona, n, text: '', file: '', outcome: 'dropped', settledAt: n }]
      : s.rewrites.with(open, { ...s.rewrites[open]!, outcome, settledAt: n });
}
