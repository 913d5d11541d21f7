import { decidedSince } from './briefing.ts';
import { experimentsOf } from './selectors.ts';
import type { ScreenStore, Snapshot } from './store.ts';

/** An engine that does not tell all of the past by then has lost some of it, ms. */
const patienceMs = 20_000;
/** After a shorter absence people know what they see. */
const longMs = 30 * 60_000;

/**
 * Opens the briefing once, when somebody comes back after a long time to news.
 * @param lastAt ISO of the last key that was pressed in this run's screens; null = never
 */
export function tellOfAbsence(
  store: ScreenStore,
  lastAt: string | null,
  clock: () => number = Date.now,
): (snapshot: Snapshot) => void {
  const cameAt = clock();
  let told = false;
  return (snapshot) => {
    const { run, link } = snapshot;
    // The past has been read when there is a link, or when the run is over.
    if (told || (link === 'connecting' && !run.ended)) return;
    // Older experiments may still be coming.
    if (experimentsOf(run).length < run.experiments.length && clock() - cameAt < patienceMs) return;
    told = true;
    if (lastAt === null || cameAt - Date.parse(lastAt) < longMs || decidedSince(run, lastAt) === 0) return;
    const seen = run.experiments.findLast((e) => e && e.endedAt !== null && e.endedAt <= lastAt)?.n ?? null;
    // Not from within the store's own news: it is telling us of them.
    setImmediate(() => store.look({ away: lastAt, seen, overlay: { kind: 'briefing', at: 0 } }));
  };
}
