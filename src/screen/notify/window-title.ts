import { badge } from '../panes/header-rows.ts';
import { bestAndBaseline } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { clock, number } from '../text/format.ts';

// A title that changes every second keeps task bars busy: the time goes in steps, ms.
const stepMs = 5000;

/** What the window's title says: `▸ #084 3:10/5:00 best 0.9770`. */
export function titleOf(snapshot: Pick<Snapshot, 'run' | 'live' | 'link' | 'now'>): string {
  const { run, live } = snapshot;
  const { glyph, word } = badge(snapshot);
  const { best } = bestAndBaseline(run);
  const parts = [glyph];
  const { trial, phase } = live;
  const busy = !run.ended && phase.phase !== 'held' && phase.phase !== 'starting';
  if (busy && phase.n > 0) parts.push(`#${String(phase.n).padStart(3, '0')}`);
  const timed = phase.phase === 'training' || phase.phase === 'baseline';
  if (busy && timed && trial && trial.budgetMs > 0) {
    const gone = Math.max(0, Math.floor((snapshot.now - trial.startedAt) / stepMs) * stepMs);
    parts.push(`${clock(gone / 1000)}/${clock(trial.budgetMs / 1000)}`);
  } else parts.push(word.toLowerCase());
  if (best !== null) parts.push(`best ${number(best)}`);
  return `${parts.join(' ')} - pawl ${run.tag}`.trim();
}

/** Progress for the task bar (OSC 9;4): 1 goes on, 2 an error, 4 paused, 0 none. */
export function progressOf({ run, live, now }: Pick<Snapshot, 'run' | 'live' | 'now'>): {
  state: 0 | 1 | 2 | 4;
  percent: number;
} {
  if (run.ended) return { state: run.ended.outcome === 'failed' ? 2 : 0, percent: 0 };
  const { trial, phase } = live;
  if (phase.phase === 'held') return { state: run.held?.by === 'engine' ? 2 : 4, percent: 100 };
  const timed = phase.phase === 'training' || phase.phase === 'baseline';
  if (!timed || !trial || trial.budgetMs <= 0) return { state: 0, percent: 0 };
  return {
    state: 1,
    percent: Math.round(Math.min(1, Math.max(0, (now - trial.startedAt) / trial.budgetMs)) * 100),
  };
}

/** Remembers the title that was there (XTWINOPS), where the terminal can. */
export const saveTitle = '\x1b[22;2t';
/** Ends our title: empty is most terminals' own, and who remembered one puts it back. */
export const restoreTitle = '\x1b]2;\x07\x1b[23;2t';
/** No bar in the task bar any more. */
export const noProgress = '\x1b]9;4;0;0\x07';

/** Sets the title of the window (OSC 2). */
export const titleCodes = (title: string): string => `\x1b]2;${title}\x07`;
/** Sets the bar in the task bar (OSC 9;4). */
export const progressCodes = ({ state, percent }: ReturnType<typeof progressOf>): string =>
  `\x1b]9;4;${state};${percent}\x07`;
