import type { Turn } from '../protocol/plateau-words.ts';
import { forkGround } from './fork-ground.ts';
import { nextRetry } from './near-misses.ts';
import { type PlateauState, triesOf } from './plateau-state.ts';

// What to do when nothing has been kept for long (search policy, section 3: act at 25, fork at 50).
// A pure function of the run's state: asked before every experiment, and again after a crash, it says the same.

/** A change of the way in which the run searches. */
export interface PlateauTurn {
  turn: Turn;
  /** Each round tries everything once; 1 = the first. */
  round: number;
  /** Decided experiments on this champion, none of them kept. */
  since: number;
  /** Fork: the experiment whose code is the ground. */
  of: number | null;
}

/** Of a round of twice the plateau's length: where each turn begins and ends, in fiftieths. */
const turnsOfRound: readonly { turn: Turn; from: number; to: number }[] = [
  { turn: 'other-way', from: 0, to: 8 },
  { turn: 'structural', from: 8, to: 20 },
  { turn: 'near-miss', from: 20, to: 25 },
  { turn: 'fork', from: 25, to: 40 },
];
/** A champion that ran again this lately, in plateaus, need not run once more. */
const lately = 0.4;

/**
 * The turn to take before the next experiment, or null to go on as before.
 * @param exact repeats give exactly the same number: measuring the champion again would say nothing
 */
export function plateauTurn(state: PlateauState, exact: boolean): PlateauTurn | null {
  const length = state.settings?.plateau ?? null;
  if (length === null) return null;
  const since = triesOf(state).length;
  if (since < length) return null;
  const round = 1 + Math.floor((since - length) / (2 * length));
  const now = state.plateau;
  const base = { round, since, of: null };
  if (now?.round !== round && !exact && !ranLately(state, Math.ceil(lately * length)))
    return { ...base, turn: 're-measure' };
  const place = ((since - length) % (2 * length)) * (25 / length);
  const due = turnsOfRound.find(({ from, to }) => place >= from && place < to)?.turn ?? 'usual';
  const wanted = possible(state, due, round);
  if (wanted.turn === 'usual' && (now === null || now.turn === 'usual')) return null;
  if (now?.round === round && now.turn === wanted.turn && now.of === wanted.of) return null;
  return { ...base, ...wanted };
}

/** The turn itself where it can be done, else the usual way. */
function possible(state: PlateauState, turn: Turn, round: number): Pick<PlateauTurn, 'turn' | 'of'> {
  const usual = { turn: 'usual', of: null } as const;
  if (turn === 'near-miss') return nextRetry(state) === null ? usual : { turn, of: null };
  if (turn !== 'fork') return { turn, of: null };
  // The tuner's model of all settings it has seen looks back by itself.
  if (state.proposer?.kind === 'tuner') return usual;
  const of = forkGround(state, round);
  return of === null ? usual : { turn, of };
}

function ranLately(state: PlateauState, tries: number): boolean {
  const from = triesOf(state).at(-tries)?.startedAt ?? '';
  const trials = state.experiments[state.champion.n]?.trials ?? [];
  return trials.some(({ role, startedAt }) => role === 'champion' && startedAt >= from);
}
