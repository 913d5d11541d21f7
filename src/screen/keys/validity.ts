import { experimentsOf } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { keyOf } from './bindings.ts';
import { type CommandId, commandInfo, commandTable } from './commands.ts';
import { revertChoices } from './menus.ts';

/** Why the command makes no sense now, as said in the message row; null = it does. */
export function whyNot(id: CommandId, snapshot: Snapshot): string | null {
  const reason = reasonFor(id, snapshot);
  return reason === null ? null : `${commandTable[id].hint.replace('…', '')}: ${reason}`;
}

function reasonFor(id: CommandId, snapshot: Snapshot): string | null {
  const { run, link, view, live } = snapshot;
  if (commandInfo(id).act) {
    if (snapshot.replay) return 'this is a replay, nothing can be changed';
    if (run.ended) return `the run has ${run.ended.outcome === 'finished' ? 'finished' : 'ended'}`;
    if (link === 'connecting') return 'not connected to the engine yet';
    if (link === 'gone') return 'the engine is gone; pawl resume starts it again';
  }
  switch (id) {
    case 'skip':
      if (run.current === null) return 'nothing is running';
      return run.current === 0 ? 'the baseline is needed, everything is compared with it' : null;
    case 'hold-now':
      return live.phase.phase === 'held' ? `held already; ${keyOf('hold')} goes on` : null;
    case 'revert':
      return revertChoices(snapshot).length === 0 ? 'the champion is still the baseline' : null;
    case 'undo': {
      const moved = run.moves.some((move) => move.by === 'user');
      const noted = run.notes.some((note) => !note.withdrawn);
      return moved || noted || run.acts.length > 0 || run.held ? null : 'you have not changed anything yet';
    }
    case 'previous-experiment':
      return experimentsOf(run).length === 0 ? 'there is no experiment yet' : null;
    case 'next-experiment':
      return view.selected === null ? 'this is live, nothing is newer' : null;
    default:
      return null;
  }
}
