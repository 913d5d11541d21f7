import {
  askedOf,
  experimentsOf,
  judgedExperiment,
  nextUndo,
  notesInForce,
  shownExperiment,
  waitingProposal,
} from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import { bindings, keyOf } from './bindings.ts';
import type { Chord } from './chord.ts';
import { type CommandId, commandInfo, commandTable } from './commands.ts';
import { copyChoices } from './copy-menu.ts';
import { revertChoices } from './menus.ts';
import { verdictChoices } from './verdict-menu.ts';

/** Why the command makes no sense now, as said in the message row; null = it does. */
export function whyNot(id: CommandId, snapshot: Snapshot): string | null {
  const reason = reasonFor(id, snapshot);
  return reason === null ? null : `${commandTable[id].hint.replace('…', '')}: ${reason}`;
}

/**
 * What to say of a key that would answer a proposal, pressed before one waits; null = it is no such key, or means
 * something else in the focused pane. In approve mode `y` must never open something else for who is a moment early.
 */
export function answeredTooEarly(chord: Chord, meant: CommandId | null, snapshot: Snapshot): string | null {
  const { run } = snapshot;
  if (run.mode !== 'approve' || run.ended || waitingProposal(snapshot) !== null) return null;
  const answers: CommandId[] = ['approve-run', 'approve-reject'];
  if (!answers.some((id) => bindings()[id].includes(chord))) return null;
  if (meant !== null && commandInfo(meant).in) return null;
  const { phase, n } = snapshot.live.phase;
  const now =
    phase === 'proposing'
      ? `#${n} is still being written`
      : phase === 'checking'
        ? `#${n} is being checked`
        : null;
  return `nothing waits for approval yet${now ? `: ${now}` : ''}`;
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
    case 'hold': {
      // What releases any other hold must not decide this one.
      const asked = askedOf(run);
      return asked === null
        ? null
        : `#${asked} waits for your answer: ${keyOf('verdict')} keeps or discards it`;
    }
    case 'skip':
      if (run.current === null) return 'nothing is running';
      return run.current === 0 ? 'the baseline is needed, everything is compared with it' : null;
    case 'hold-now':
      if (live.phase.phase === 'approving') return `no trial is running; ${keyOf('hold')} holds`;
      return live.phase.phase === 'held' ? `held already; ${keyOf('hold')} goes on` : null;
    case 'revert':
      return revertChoices(snapshot).length === 0 ? 'the champion is still the baseline' : null;
    case 'undo': {
      if (nextUndo(snapshot)) return null;
      const [latest] = live.undos;
      return latest
        ? `${latest.what} cannot be taken back: ${latest.gone}`
        : 'there is nothing to take back: no act of yours since the engine was started';
    }
    case 'thinking':
      return run.proposer?.kind === 'tuner' || run.proposer?.kind === 'human'
        ? 'no model thinks in this run'
        : null;
    case 'notes':
      return notesInForce(run).length > 0 ? null : `no note is in force; ${keyOf('note')} writes one`;
    case 'verdict': {
      const e = judgedExperiment(snapshot);
      if (!e) return 'nothing has been decided yet';
      return verdictChoices(e.n, snapshot).length > 0 ? null : `#${e.n} is not decided yet`;
    }
    case 'approve-run':
    case 'approve-reject':
    case 'approve-edit':
    case 'approve-note':
      return waitingProposal(snapshot) ? null : `no proposal waits; ${keyOf('mode')} makes them wait`;
    case 'briefing':
      return run.experiments.some((e) => e && e.n > 0 && e.verdict !== null)
        ? null
        : 'nothing has been decided yet';
    case 'copy': {
      const e = shownExperiment(snapshot);
      return e && copyChoices(e.n, snapshot).length > 0 ? null : 'there is nothing to copy yet';
    }
    case 'previous-experiment':
      return experimentsOf(run).length === 0 ? 'there is no experiment yet' : null;
    case 'next-experiment':
      return view.selected === null ? 'this is live, nothing is newer' : null;
    default:
      return null;
  }
}
