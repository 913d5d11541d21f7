import type { JournalEvent } from '../../protocol/events.ts';
import type { Phase } from '../../protocol/words.ts';

/** Where the loop was after an event, as the engine said by its pulse then; null = the event does not say. */
export function toldPhase(event: JournalEvent): { phase: Phase; n: number; detail: string } | null {
  switch (event.type) {
    case 'run.started':
    case 'run.resumed':
      return { phase: 'starting', n: 0, detail: '' };
    case 'experiment.started':
      return { phase: event.n === 0 ? 'baseline' : 'proposing', n: event.n, detail: '' };
    case 'experiment.proposed':
      return { phase: 'checking', n: event.n, detail: '' };
    case 'experiment.rejected':
      return { phase: 'proposing', n: event.n, detail: `attempt ${event.attempt + 1}` };
    case 'trial.started':
      return event.role === 'baseline'
        ? { phase: 'baseline', n: event.n, detail: `trial ${event.k + 1}` }
        : { phase: 'training', n: event.n, detail: '' };
    case 'trial.ended':
      return event.role === 'baseline' ? null : { phase: 'deciding', n: event.n, detail: '' };
    case 'run.held':
      return { phase: 'held', n: 0, detail: '' };
    case 'run.released':
      return { phase: 'starting', n: 0, detail: '' };
    case 'run.ended':
      return { phase: 'ended', n: 0, detail: '' };
    default:
      return null;
  }
}
