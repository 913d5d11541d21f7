import { type DecideStep, nextStep } from '../loop/decide.ts';
import { suspicionOf } from '../loop/sanity.ts';
import { championBar } from '../loop/view.ts';
import type { EventBody } from '../protocol/events.ts';
import { againStep } from './again-step.ts';
import { hasAhead } from './ahead.ts';
import { approveStep, commitWaiting } from './approve-step.ts';
import { barAfter } from './bar-after.ts';
import { Interrupted } from './controls.ts';
import { type Picked, pickArm } from './pick-arm.ts';
import { planOfNext } from './plateau-step.ts';
import { proposeStep } from './propose-step.ts';
import { type Bench, withEnvironment } from './step.ts';
import { runTrial } from './trial-step.ts';

/** Runs one experiment from proposal to verdict. @throws Interrupted('stop') */
export async function runExperiment(bench: Bench, n: number): Promise<void> {
  const { session, controls } = bench;
  const begun = session.state.experiments[n];
  if (!begun) {
    const wished = controls.nextRequeued();
    const plan = wished === null ? planOfNext(bench) : { again: [wished] };
    const picked = wished === null ? whoseIdea(bench, n, plan.again) : null;
    session.append({
      type: 'experiment.started',
      n,
      parent: session.state.champion.sha,
      proposer: picked?.by.proposer ?? 'human',
      ...(picked ? { by: picked.by } : {}),
      ...(picked?.choice ? { choice: picked.choice } : {}),
      ...plan,
    });
  } else if (begun.parent !== session.state.champion.sha) {
    // The engine died between the user's move and this: judged now, it would bring back what was reverted.
    return decide(bench, n, lostGround);
  }
  try {
    const waits = () => session.state.approval?.n === n;
    const { sha, again } = session.state.experiments[n]!;
    if (sha === null && !waits()) {
      const refused = again === null ? await proposeStep(bench, n) : await againStep(bench, n, again);
      if (refused !== null) return decide(bench, n, { verdict: 'rejected', why: refused });
    }
    const answer = waits() ? await approveStep(bench, n) : 'runs';
    if (answer === 'rejected')
      return decide(bench, n, { verdict: 'rejected', why: 'rejected by you', by: 'user' });
    if (answer !== 'runs') {
      await commitWaiting(bench, n);
      return decide(bench, n, { verdict: 'rejected', why: answer.why });
    }
    await judge(bench, n);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    await settle(bench, n, error);
  }
}

/** Whose idea it is: of changes that are made again, the first one's. */
function whoseIdea(bench: Bench, n: number, again: readonly number[] = []): Picked {
  const first = bench.session.state.experiments[again[0] ?? -1];
  if (first && first.proposer !== 'human') return { by: first.arm, choice: null };
  return pickArm(bench.session, bench.proposer, n);
}

const lostGround = { verdict: 'skipped', why: 'the champion it stood on was reverted', by: 'user' } as const;

/** What an interruption means to the experiment that stood. @throws the interruption, when it ends the run */
async function settle(bench: Bench, n: number, interrupted: Interrupted): Promise<void> {
  switch (interrupted.reason) {
    case 'skip':
      return decide(bench, n, { verdict: 'skipped', why: 'skipped by you', by: 'user' });
    case 'stop':
      decide(bench, n, { verdict: 'skipped', why: 'the run was stopped before it ended', by: 'user' });
      throw interrupted;
    case 'stop-after':
      // It stands as it is and goes on when the run is resumed.
      throw interrupted;
    case 'hold':
      return standStill(bench, n);
    case 'move':
      // While it is still to come (or was refused in the end) the ground has not moved yet.
      if (bench.session.state.champion.sha === bench.session.state.experiments[n]!.parent)
        return standStill(bench, n);
      return decide(bench, n, lostGround);
  }
}

/** Waits at the gate for what the user wants, then goes on with the same experiment. */
async function standStill(bench: Bench, n: number): Promise<void> {
  try {
    await bench.controls.gate(n);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return settle(bench, n, error);
  }
  return runExperiment(bench, n);
}

/**
 * Trials until the policy has seen enough, then the verdict.
 * @param giveUp asked before each trial; true leaves the experiment undecided.
 * @throws Interrupted
 */
export async function judge(bench: Bench, n: number, giveUp: () => boolean = () => false): Promise<void> {
  const { session, controls } = bench;
  for (;;) {
    const stopping = await controls.gate(n).then(() => null, endAfterTrial);
    if (giveUp()) return;
    const step = nextStep(session.ledger, n);
    // "Finish this trial, then stop": what its number decides is decided; another trial waits until the run is resumed.
    if (stopping && (step.do !== 'decide' || movedAway(bench, n))) throw stopping;
    if (step.do === 'decide') {
      session.phase('deciding', n, step.why);
      const { do: _do, ...verdict } = await asked(bench, n, step);
      decide(bench, n, verdict);
      if (verdict.verdict === 'kept' && n > 0) await keep(bench, n, verdict.why);
      if (n > 0 && !stopping) loadAhead(bench, n + 1);
      return;
    }
    const ended = await runTrial(bench, step, n);
    if (ended.outcome === 'stopped') {
      const cause = controls.interruption();
      // A hold leaves the experiment standing: the gate waits, then the policy asks for the same trial again.
      if (cause !== null && cause !== 'hold' && cause !== 'move') throw new Interrupted(cause);
    }
  }
}

/** @returns the user's wish to stop after the trial. @throws whatever else the gate threw */
function endAfterTrial(error: unknown): Interrupted {
  if (error instanceof Interrupted && error.reason === 'stop-after') return error;
  throw error;
}

const movedAway = ({ session: { state } }: Bench, n: number) =>
  n > 0 && state.champion.sha !== state.experiments[n]!.parent;

/** Loads the model for the next question where it is a model that will be asked. */
function loadAhead(bench: Bench, next: number): void {
  const { session, proposer, lease } = bench;
  const { by } = pickArm(session, proposer, next);
  if (hasAhead(bench, by) || (proposer.foresee && !proposer.foresee(by))) return;
  lease.preload();
}

/** The verdict as it is to be written: a result too good to be true is the user's to judge. @throws Interrupted */
async function asked(bench: Bench, n: number, step: DecideStep): Promise<DecideStep & { by?: 'user' }> {
  const doubt = suspicionOf(bench.session.ledger, n, step);
  if (doubt === null) return step;
  const answer = await bench.controls.question(
    n,
    `#${n} is too good to be true? ${doubt}`,
    `Look at what it changed (pawl show ${n}), then answer: v on the screen, or pawl answer keep, or pawl answer discard.`,
  );
  if (answer === 'keep') return { ...step, why: `${step.why}; kept by you, although ${doubt}`, by: 'user' };
  const why = `discarded by you: ${doubt}`;
  return { ...step, verdict: 'discarded', confidence: null, why, by: 'user' };
}

/** Moves branch and champion to a kept experiment. Verdict first, then git: a crash between the two is completed on resume. */
export async function keep(bench: Bench, n: number, why: string, gitHasMoved = false): Promise<void> {
  const { session, workspace } = bench;
  const to = session.state.experiments[n]!.sha!;
  const from = session.state.champion.sha;
  if (!gitHasMoved) await withEnvironment(bench, null, () => workspace.move(from, to));
  const moved: EventBody<'champion.moved'> = {
    type: 'champion.moved',
    from,
    to,
    n,
    by: 'engine',
    cause: 'kept',
    reverted: [],
    restored: [],
    why,
  };
  session.append({ ...moved, bar: barAfter(session, moved) });
}

type Decision = Pick<EventBody<'experiment.decided'>, 'verdict' | 'why'> &
  Partial<Omit<EventBody<'experiment.decided'>, 'type' | 'n' | 'verdict' | 'why'>>;

/** Writes the one `experiment.decided` of an experiment. */
export function decide(bench: Bench, n: number, decision: Decision): void {
  bench.session.append({
    type: 'experiment.decided',
    n,
    metric: null,
    gain: null,
    z: null,
    sigma: null,
    by: 'engine',
    confidence: null,
    label: null,
    bar: championBar(bench.session.ledger),
    ...decision,
  });
}
