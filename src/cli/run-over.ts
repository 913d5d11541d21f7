import type { RunState } from '../journal/state.ts';
import { endLine, summary } from '../plain/event-line.ts';
import { bootId } from '../trial/process-table.ts';

// What there is to say of a run that no engine owns, and what to do with it.

/** How it was cut off, by what is known: the last line of its journal, and whether the machine was started anew since. */
export function cutOff(state: RunState): string {
  const { lastAt, current, engine, experiments } = state;
  const open = current === null ? null : experiments[current];
  const doing =
    open == null
      ? ''
      : open.trials.at(-1)?.outcome === null
        ? ` in a trial of #${open.n}`
        : ` with #${open.n} undecided`;
  const rebooted = engine?.bootId != null && bootId() !== null && engine.bootId !== bootId();
  const how = rebooted
    ? 'the machine was started anew'
    : 'its engine went without a word (killed, or out of memory)';
  const day = lastAt ? ` after ${lastAt.slice(0, 10)} ${new Date(lastAt).toTimeString().slice(0, 5)}` : '';
  return `run ${state.tag} was cut off${day}${doing}: ${how}. Nothing decided is lost; pawl resume goes on`;
}

/** A run that is over, or was cut off: its result, and the commands that go with it. */
export function overText(state: RunState): string {
  if (!state.ended) return `${cutOff(state)}.\n${summary(state)}. See it: pawl list`;
  const { tag, ended } = state;
  const look = `Look at it: pawl list, pawl shot ${tag}, pawl replay ${tag}`;
  const on =
    ended.outcome === 'failed' ? 'Start: pawl run' : 'Go on: pawl resume. Start another: pawl run --new';
  return `run ${tag} ${endLine(state, ended)}.\n${look}. ${on}`;
}
