import { nameOf } from '../protocol/words.ts';
import type { Bench } from './step.ts';
import { baselineReruns, spoiltBaselines } from './surroundings.ts';

/** Re-runs of a trial that the machine spoilt, before the user is asked. */
const reruns = 2;
/** A trial that could not be carried out is tried again after this, then after twice as long, up to the longest, ms. */
const againMs = 60_000;
const longestMs = 600_000;
/** How often the held engine looks whether the machine is quiet, ms, and how many looks in a row must find it so. */
const lookMs = 2000;
const quietLooks = 3;
/** A baseline waits no longer than this, and no longer than its budget, for a quiet machine, ms. */
const longestWaitMs = 120_000;

/**
 * After a void trial of experiment `n`: whatever made it void again and again would do so all night, so the run is held.
 * @param standing the undecided experiment, if any
 * @throws Interrupted while held
 */
export async function holdWhenVoidAgain(bench: Bench, n: number, standing: number | null): Promise<void> {
  const { trials } = bench.session.state.experiments[n]!;
  const last = trials.at(-1);
  if (last?.outcome !== 'void') return;
  if (last.contaminated !== null && last.role === 'baseline')
    return await waitForQuiet(bench, last.contaminated);
  if (last.contaminated !== null) {
    const spoilt = trials.length - 1 - trials.findLastIndex((t) => t.contaminated === null);
    if (spoilt > reruns) await holdUntilQuiet(bench, last.contaminated, standing);
    return;
  }
  const failed =
    trials.length - 1 - trials.findLastIndex((t) => t.outcome !== 'void' || t.contaminated !== null);
  if (failed < 2) return;
  // What was in the way (another program's memory, a driver) may be gone in the middle of the night, too.
  await bench.controls.holdForEnvironment(
    `The trial of ${nameOf(n)} could not be carried out, ${failed === 2 ? 'twice' : `${failed} times`}: ${last.why}`,
    'Mend that and release the run (p), or skip the experiment (s). pawl tries again by itself, ever more rarely.',
    Math.min(longestMs, againMs * 2 ** (failed - 2)),
    'trial',
  );
}

/**
 * Nobody knows yet what is usual here, and a machine that is never quiet must do its night too: so the baseline is
 * measured again some times, after a wait that ends, and then taken as it is.
 * @throws Interrupted
 */
async function waitForQuiet({ session, controls, surroundings }: Bench, why: string): Promise<void> {
  const lasting = spoiltBaselines(session.state) >= baselineReruns;
  session.notice(
    'warn',
    lasting
      ? `The machine stays busy (${why}): the baseline is taken as it comes. The champion is measured again when it is quiet`
      : `A run of the baseline does not count: ${why}. It is measured again`,
  );
  const wait = Math.min(session.state.settings!.budgetMs, longestWaitMs);
  const until = performance.now() + wait;
  session.phase('baseline', 0, 'waiting for a quiet machine');
  for (let found = 0; found < quietLooks; ) {
    await controls.gate(null);
    const left = until - performance.now();
    if (left <= 0) return;
    await controls.pause(Math.min(lookMs, left));
    found = surroundings.quiet() ? found + 1 : 0;
  }
}

/** Waits until the machine is quiet again, or the user wants trials counted as it is. */
async function holdUntilQuiet(bench: Bench, why: string, standing: number | null): Promise<void> {
  const { session, controls, surroundings } = bench;
  let found = 0;
  for (;;) {
    await controls.holdForEnvironment(
      `The machine is too busy to measure, ${reruns + 1} times in a row: ${why}`,
      'Stop the other programs: pawl goes on when the machine is quiet. p counts trials as they are from now on, s skips.',
      lookMs,
      'busy',
    );
    await controls.gate(standing);
    if (session.state.held?.by !== 'engine') return surroundings.tolerate();
    // A pause between two steps of another program is not its end.
    found = surroundings.quiet() ? found + 1 : 0;
    if (found < quietLooks) continue;
    session.append({ type: 'run.released', by: 'engine' });
    return;
  }
}
