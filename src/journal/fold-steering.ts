import type { JournalEvent } from '../protocol/events.ts';
import { change, without } from './change-experiment.ts';
import { foldApproval, foldEdit } from './records.ts';
import type { RunState } from './state.ts';

/** Folds what the user asked for, or was asked. */
export function foldSteering(
  s: RunState,
  event: JournalEvent<
    | 'mode.changed'
    | 'approval.asked'
    | 'proposal.edited'
    | 'approval.answered'
    | 'experiment.pinned'
    | 'experiment.unpinned'
    | 'rerun.asked'
    | 'rerun.withdrawn'
    | 'human.noted'
    | 'human.withdrew'
    | 'human.acted'
  >,
): void {
  switch (event.type) {
    case 'mode.changed':
      s.mode = event.mode;
      return;
    case 'approval.asked':
    case 'proposal.edited':
    case 'approval.answered':
      s.approval = foldApproval(s.approval, event);
      if (event.type === 'proposal.edited') change(s, event.n, (e) => foldEdit(e, event));
      return;
    case 'experiment.pinned':
    case 'experiment.unpinned':
      change(s, event.n, () => ({ pinned: event.type === 'experiment.pinned' }));
      return;
    case 'rerun.asked':
      s.reruns = [...s.reruns, event.n];
      return;
    case 'rerun.withdrawn':
      s.reruns = without(s.reruns, event.n);
      return;
    case 'human.noted':
      s.notes.push({
        id: event.id,
        text: event.text,
        sticky: event.sticky,
        at: event.at,
        usedBy: null,
        withdrawn: false,
      });
      return;
    case 'human.withdrew':
      s.notes = s.notes.map((note) => (note.id === event.id ? { ...note, withdrawn: true } : note));
      return;
    case 'human.acted':
      s.acts.push({ at: event.at, act: event.act, detail: event.detail });
      return;
  }
}
