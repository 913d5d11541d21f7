import { noiseOf } from '../loop/estimate.ts';
import { forkTip } from '../loop/fork-ground.ts';
import { nextRetry } from '../loop/near-misses.ts';
import { plateauTurn } from '../loop/plateau.ts';
import { turnSentence } from '../loop/turn-sentence.ts';
import type { Bench } from './step.ts';

/** Changes the way of searching when nothing was kept for long. @returns true when it did */
export function turnSearch({ session }: Bench): boolean {
  const { state } = session;
  // An experiment that stands goes on in the way that it began.
  if (state.current !== null) return false;
  const due = plateauTurn(state, noiseOf(session.ledger).exact);
  if (due === null) return false;
  const { turn, round, since, of } = due;
  session.append({
    type: 'search.turned',
    n: state.experiments.length,
    turn,
    round,
    since,
    ...(of === null ? {} : { of }),
    why: turnSentence(due, state.proposer?.kind ?? '', state.settings!.plateau!),
  });
  return true;
}

/** What is special about the next experiment: earlier changes to be made again, or older code to start from. */
export function planOfNext({ session }: Bench): { fork?: number; again?: number[] } {
  const { state } = session;
  if (state.plateau?.turn === 'near-miss') {
    const again = nextRetry(state);
    if (again !== null) return { again };
  }
  const fork = forkTip(state);
  return fork === null ? {} : { fork };
}
