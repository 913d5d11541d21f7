import { championStep } from '../loop/decide.ts';
import { guardProblems } from '../loop/guards.ts';
import { shouldStop } from '../loop/stop-rules.ts';
import { championFails } from '../loop/view.ts';
import { Exhausted } from '../propose/proposer.ts';
import type { EventBody } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { tailOf } from '../trial/log-tail.ts';
import { dropAhead } from './ahead.ts';
import { Interrupted } from './controls.ts';
import { lookIntoCrashes } from './crash-streak.ts';
import { decide, judge, keep, runExperiment } from './experiment-step.ts';
import { endWriting } from './overlap.ts';
import { tendPersonas } from './persona-step.ts';
import { tellOfPins } from './pin-warning.ts';
import { turnSearch } from './plateau-step.ts';
import { rerunStep } from './rerun-step.ts';
import { type Bench, withEnvironment } from './step.ts';
import { tellOfBaseline } from './tell-of-baseline.ts';
import { runTrial } from './trial-step.ts';
import { verifyRun } from './verify-step.ts';

export type Ending = Omit<EventBody<'run.ended'>, 'type'>;

/**
 * The loop: baseline, experiments until a stop rule or the user ends it, the claim. Never throws for what a trial did.
 * @param verifyOnly no experiments: only the claim of what there is
 */
export async function drive(bench: Bench, verifyOnly = false): Promise<Ending> {
  const { sittingMs } = bench.session.state;
  const began = performance.now() - sittingMs;
  try {
    await finishHalfDone(bench);
    if (verifyOnly)
      return finished(
        (await verifyRun(bench, bench.session.state.settings!.verify || 5)) ?? 'nothing to verify',
      );
    const fresh = bench.session.state.experiments[0]?.verdict == null;
    const failed = await baseline(bench);
    if (failed) return failed;
    if (fresh) tellOfBaseline(bench);
    await tellOfPins(bench);
    const why = await search(bench, began);
    const claim = await verifyRun(bench);
    return finished(claim === null ? why : `${why}; ${claim}`);
  } catch (error) {
    if (error instanceof Interrupted && (error.reason === 'stop' || error.reason === 'stop-after')) {
      return { outcome: 'stopped', why: 'stopped by you', exitCode: 0 };
    }
    throw error;
  } finally {
    await endWriting(bench.overlap);
    dropAhead(bench);
  }
}

const finished = (why: string): Ending => ({ outcome: 'finished', why, exitCode: 0 });

/** After so many experiments their refs are packed: nobody has to open thousands of files to list them. */
const packEvery = 500;

/** Experiments until a stop rule holds or nothing is left to propose. @returns why it is over. @throws Interrupted */
async function search(bench: Bench, began: number): Promise<string> {
  try {
    for (;;) {
      await bench.controls.gate(null);
      if (await rerunStep(bench)) continue;
      const why = shouldStop(bench.session.state, performance.now() - began);
      if (why) return why;
      await mustStillRun(bench);
      await lookIntoCrashes(bench);
      if (await measureChampion(bench)) continue;
      if (turnSearch(bench)) continue;
      if (await tendPersonas(bench)) continue;
      const { current, experiments } = bench.session.state;
      if (current === null && experiments.length % packEvery === 0) await bench.workspace.packRefs(packEvery);
      await runExperiment(bench, current ?? experiments.length);
    }
  } catch (error) {
    if (!(error instanceof Exhausted)) throw error;
    const n = bench.session.state.current;
    if (n !== null) decide(bench, n, { verdict: 'void', why: 'there was nothing left to propose' });
    return error.message;
  }
}

/** A verdict `kept` whose champion move did not make it to the journal is carried out now. */
async function finishHalfDone(bench: Bench): Promise<void> {
  const { state } = bench.session;
  const last = state.experiments.findLast((e) => e.verdict !== null);
  if (!last || last.n === 0 || last.verdict !== 'kept') return;
  if (state.moves.some((m) => m.n === last.n || m.restored.includes(last.n))) return;
  await keep(bench, last.n, last.why, (await bench.workspace.tip()) === last.sha);
}

/** The command on the unmodified base: proves that the set-up works and gives the noise. @returns how the run ended, if it did. */
async function baseline(bench: Bench): Promise<Ending | null> {
  const { session } = bench;
  const base = session.state.base;
  if (session.state.experiments[0]?.verdict) return null;
  if (!session.state.experiments[0]) {
    session.append({ type: 'experiment.started', n: 0, parent: base, proposer: 'human' });
  }
  if (session.state.experiments[0]!.sha === null) {
    const { tree } = await withEnvironment(bench, null, () => bench.workspace.stage(base, new Map()));
    session.append({
      type: 'experiment.committed',
      n: 0,
      sha: base,
      tree,
      parent: base,
      files: [],
      added: 0,
      removed: 0,
      fuzzy: false,
    });
  }
  const failures = () =>
    session.state.experiments[0]!.trials.filter((t) => t.outcome === 'crashed' || t.outcome === 'timed-out');
  for (;;) {
    const unfinished = judgeUntilFailure(bench, failures().length);
    const failure = await unfinished;
    if (failure === null) {
      await bench.lease.choose();
      return guardEnding(bench);
    }
    // One bad trial after good ones may be bad luck; the first one, or a second one, is a broken set-up.
    const good = session.state.experiments[0]!.trials.some((t) => t.outcome === 'ok');
    if (good && failures().length < 2) continue;
    decide(bench, 0, { verdict: 'crashed', why: failure.why });
    const lines = await tailOf(bench.paths.experiment(0).log(failure.k), 20);
    // One line that the reason has in it already would only be said twice.
    const tail = lines.length === 1 && failure.why.includes(lines[0]!.trim()) ? [] : lines;
    return {
      outcome: 'failed',
      why: `the unmodified command failed, so there is nothing to compare with: ${failure.why}`,
      exitCode: 3,
      tail,
    };
  }
}

/** A guard that the unmodified code breaks would reject everything: the user has to set it right first. */
function guardEnding(bench: Bench): Ending | null {
  const problems = guardProblems(bench.session.ledger);
  if (problems.length === 0) return null;
  return {
    outcome: 'failed',
    why: `the unmodified code breaks a guard of pawl.yaml, so nothing could be kept: ${problems.join('; ')}`,
    exitCode: 3,
  };
}

async function judgeUntilFailure(bench: Bench, before: number): Promise<{ k: number; why: string } | null> {
  const failed = () => {
    const bad = bench.session.state.experiments[0]!.trials.filter(
      (t) => t.outcome === 'crashed' || t.outcome === 'timed-out',
    );
    return bad.length > before ? bad.at(-1)! : null;
  };
  await judge(bench, 0, () => failed() !== null);
  const bad = failed();
  return bad ? { k: bad.k, why: bad.why ?? bad.outcome! } : null;
}

/** A champion that ran and now keeps failing: the machine has changed, not the code. Holds until a run of it works. */
async function mustStillRun(bench: Bench): Promise<void> {
  if (!championFails(bench.session.ledger)) return;
  const { champion, experiments } = bench.session.state;
  await withEnvironment(bench, null, async () => {
    const why = experiments[champion.n]?.trials.at(-1)?.why ?? 'it failed';
    const ended = await runTrial(
      bench,
      { n: champion.n, role: 'champion', seedIndex: 0, why: 'does the champion run again?' },
      null,
    );
    if (ended.outcome === 'ok' || ended.outcome === 'stopped') return;
    throw new EnvironmentFailure(
      `The champion #${champion.n}, which used to run, keeps failing: ${ended.why ?? why}`,
      'Look at its log (pawl show); mend the machine or the data. It is tried again every minute.',
      60_000,
      { kind: 'crashes' },
    );
  });
  bench.controls.interruption();
}

/** Measures the champion again when the policy wants it (after a revert, or when its bar looks lucky). @returns true when it did something. */
async function measureChampion(bench: Bench): Promise<boolean> {
  const step = championStep(bench.session.ledger);
  if (step === null || step.do !== 'measure') return false;
  await runTrial(bench, step, null);
  bench.controls.interruption();
  return true;
}
