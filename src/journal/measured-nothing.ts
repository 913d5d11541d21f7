import { lastEvent } from './last-event.ts';
import { scanJournal } from './read.ts';

/** True for a run that has failed before its command gave a single number: there is nothing in it to go on with. */
export function measuredNothing(journal: string): boolean {
  const last = lastEvent(journal);
  if (last?.type !== 'run.ended' || last.outcome !== 'failed') return false;
  try {
    // A run that got further has a number among its first lines, however long it is.
    for (const event of scanJournal(journal)) {
      if (event.type === 'trial.ended' && event.metric !== null) return false;
      if (event.type === 'experiment.decided' && (event.n > 0 || event.verdict === 'kept')) return false;
    }
  } catch {
    // What cannot be read is not thrown away.
    return false;
  }
  return true;
}
