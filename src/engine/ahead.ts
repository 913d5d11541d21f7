import { followEnergy } from '../gpu/energy.ts';
import { batchSize } from '../loop/batch.ts';
import { mean } from '../loop/noise.ts';
import { experimentSeed } from '../loop/seeds.ts';
import { applyEdits } from '../propose/apply-edits.ts';
import { constantChanges } from '../propose/constant-changes.ts';
import { noveltyRefusal } from '../propose/novelty.ts';
import {
  Exhausted,
  type HistoryRow,
  type Proposal,
  type ProposalContext,
  UnreadableReply,
} from '../propose/proposer.ts';
import type { Arm, ProposerInfo } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { proposalContext } from './context.ts';
import type { Bench } from './step.ts';

// Where a model has to make room for every trial, it is asked for some proposals at once while it is loaded; where it
// shares nothing with a trial, for one while the trial runs (overlap.ts). They wait in memory only: nothing is lost with
// them but the seconds that they took, and these are charged to whoever took them.

/** A proposal that was made for a later experiment. */
export interface Waiting {
  proposal: Proposal;
  arm: Arm;
  /** The experiment during which it was made. */
  madeAt: number;
  turn: ProposalContext['turn'];
  energyWh: number | null;
}

/** As much of a proposal as keeps it from being made twice. */
type Idea = Pick<Proposal, 'hypothesis' | 'family' | 'constants'>;

/** After so many experiments too much has changed. */
const longestWait = 8;

/** Whether a question to this arm would be answered by what waits already. */
export function hasAhead(bench: Bench, arm: Arm): boolean {
  return bench.ahead.some((w) => isFor(w, arm));
}

/**
 * The next proposal that waits for experiment `n`, with its constants as the files are now. What was made under other
 * circumstances is thrown away: before a note, a plateau's turn, or too long ago.
 */
export function takeAhead(bench: Bench, n: number, context: ProposalContext): Waiting | null {
  const { state } = bench.session;
  const told = state.notes.some((note) => note.usedBy === n);
  const outdated = ({ turn, madeAt }: Waiting) => {
    if (told) return 'your note came after it';
    if (context.ground != null || turn !== context.turn) return 'the search has turned since';
    return n - madeAt > longestWait ? 'it waited too long' : null;
  };
  bench.ahead = bench.ahead.filter((w) => {
    const why = outdated(w);
    if (why !== null) drop(bench, w, why);
    return why === null;
  });
  const at = bench.ahead.findIndex((w) => isFor(w, state.experiments[n]!.arm));
  if (at < 0) return null;
  const [waiting] = bench.ahead.splice(at, 1);
  const { proposal } = waiting!;
  const applied = applyEdits(context.surface, proposal.edits, (path) => bench.workspace.onSurface(path));
  const constants = applied.ok ? constantChanges(context.surface, applied.files) : proposal.constants;
  return { ...waiting!, proposal: { ...proposal, constants } };
}

/** At the end of a sitting: what waits is not tried any more. */
export function dropAhead(bench: Bench): void {
  for (const waiting of bench.ahead.splice(0)) drop(bench, waiting, 'the run ended before its turn');
}

function drop({ session }: Bench, { proposal, arm, madeAt, energyWh }: Waiting, why: string): void {
  const { by = arm, seconds, tokens } = proposal;
  session.append({ type: 'proposal.dropped', n: madeAt, by, seconds, tokens, ...spent(energyWh), why });
}

/** For an event: what the GPUs drew; nothing where that is not known. */
export const spent = (energyWh: number | null): { energyWh?: number } =>
  energyWh === null ? {} : { energyWh };

/** With experiment `n` proposed and the model still loaded: asks it for the next ones too, where that pays. */
export async function askAhead(
  bench: Bench,
  n: number,
  accepted: Proposal,
  signal: AbortSignal,
): Promise<void> {
  const { session, lease } = bench;
  const { state } = session;
  const arm = accepted.by ?? armOf(bench.proposer.info);
  if (arm.model === undefined || lease.sharing !== 'swap' || state.mode === 'approve') return;
  const size = batchSize(state.settings!.model.batch ?? 'auto', lease.swapSeconds, trialSeconds(bench));
  const pending = [accepted, ...bench.ahead.map((w) => w.proposal)];
  for (let i = 1; pending.length < size; i++) {
    session.phase('proposing', n, `while the model is loaded: an idea for #${n + i}`);
    const made = await askOne(bench, n, n + i, arm, pending, signal);
    if (made === null) return;
    bench.ahead.push(made);
    pending.push(made.proposal);
  }
}

/**
 * Asks the model for experiment `for_` while `n` is the one that stands; null when nothing came that could be tried.
 * @param on GPUs whose energy it costs; missing = all
 */
export async function askOne(
  bench: Bench,
  n: number,
  for_: number,
  arm: Arm,
  pending: readonly Idea[],
  signal: AbortSignal,
  on: readonly number[] | null = null,
): Promise<Waiting | null> {
  const { session, workspace } = bench;
  const energy = followEnergy(bench.reports, (index) => on?.includes(index) ?? true);
  const began = performance.now();
  const lost = (by: Arm, why: string, seconds?: number, tokens: number | null = null) => {
    const took = seconds ?? (performance.now() - began) / 1000;
    session.append({ type: 'proposal.dropped', n, by, seconds: took, tokens, ...spent(energy()), why });
    return null;
  };
  try {
    const context: ProposalContext = {
      ...(await proposalContext(for_, session.state, workspace, bench.paths)),
      by: arm,
      seed: experimentSeed(session.state.seed, for_),
      pending: pending.map((p) => p.hypothesis),
    };
    if (context.ground != null) return null;
    const conversation = bench.proposer.open(context, {
      signal,
      // The diff on the screen is that of the experiment which is about to run.
      pulse: (pulse) => pulse.type !== 'diff' && session.pulse(pulse),
    });
    const proposal = await conversation.next(null);
    const by = proposal.by ?? arm;
    const applies = applyEdits(context.surface, proposal.edits, (path) => workspace.onSurface(path)).ok;
    const known = noveltyRefusal(proposal, [...context.history, ...pending.map(asTried)]);
    const { seconds, tokens } = proposal;
    if (!applies) return lost(by, 'its edit does not apply', seconds, tokens);
    if (known !== null) return lost(by, known.why, seconds, tokens);
    if (!isFor({ arm: by }, arm)) return lost(by, 'another was to be asked', seconds, tokens);
    return { proposal: { ...proposal, by }, arm: by, madeAt: n, turn: context.turn, energyWh: energy() };
  } catch (error) {
    if (signal.aborted) lost(arm, 'it was not wanted any more');
    else if (error instanceof UnreadableReply)
      lost(error.by ?? arm, error.refusal.why, error.seconds, error.tokens ?? null);
    // Nothing hangs on it: what is wrong shows, and is answered, with the next question that has to be asked.
    const harmless =
      error instanceof UnreadableReply || error instanceof Exhausted || error instanceof EnvironmentFailure;
    if (signal.aborted || !harmless) throw error;
    return null;
  } finally {
    energy();
  }
}

/** A proposal that waits, as a row of the history that must not be repeated. */
function asTried({ hypothesis, family, constants }: Idea, i: number): HistoryRow {
  const size = constants.length;
  return {
    n: 1 + i,
    hypothesis,
    family,
    proposer: 'ollama',
    verdict: 'discarded',
    z: null,
    gain: null,
    metric: null,
    constants,
    why: 'it waits to be tried',
    added: size,
    removed: size,
  };
}

/** The arm of a proposer that is asked alone. */
export const armOf = ({ kind, model }: ProposerInfo): Arm => ({
  proposer: kind,
  ...(model ? { model } : {}),
});

/** Whether it was made by this arm, whoever of a panel spoke. */
export const isFor = (w: { arm: Arm }, arm: Arm) =>
  w.arm.proposer === arm.proposer && w.arm.model === arm.model;

/** Mean of the latest trials; the budget before there are any. Seconds. */
function trialSeconds({ session: { state } }: Bench): number {
  const took = state.experiments
    .slice(-6)
    .flatMap((e) => e?.trials ?? [])
    .flatMap((t) => (t.outcome === 'ok' && t.seconds !== null ? [t.seconds] : []));
  if (took.length === 0) return state.settings!.budgetMs / 1000;
  return mean(took);
}
