import type { RunState } from '../journal/state.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { nameOf } from '../protocol/words.ts';
import { type Bench, withEnvironment } from './step.ts';
import { runTrial } from './trial-step.ts';

/** So many crashes at once in a row are no longer taken for bad ideas alone. */
const streakLength = 5;
/** At every second streak the user is asked; without an answer the run goes on after this, ms. */
const patienceMs = 600_000;
/** What "at once" means: this share of a usual trial, but between so many seconds. */
const soon = { share: 0.25, least: 2, most: 10 };

/** How many of the latest experiments, in a row, crashed within seconds of their start. */
function quickCrashes({ experiments }: RunState): number {
  const usual = experiments[0]?.trials.find((t) => t.outcome === 'ok')?.seconds ?? 0;
  const limit = Math.min(soon.most, Math.max(soon.least, soon.share * usual));
  let streak = 0;
  for (const e of experiments.toReversed()) {
    // What never ran says nothing of the machine.
    if (e.verdict === null || e.verdict === 'rejected' || e.verdict === 'skipped' || e.verdict === 'void')
      continue;
    if (e.n === 0 || e.verdict !== 'crashed' || (e.trials.at(-1)?.seconds ?? limit + 1) > limit) break;
    streak += 1;
  }
  return streak;
}

/**
 * After several crashes at once in a row: does the champion still run? If not, the machine has changed, and the run is
 * held until it does. If it does, the proposals are at fault: said, and at the second streak the run waits for a word.
 */
export async function lookIntoCrashes(bench: Bench): Promise<void> {
  const { session, controls } = bench;
  const streak = quickCrashes(session.state);
  if (streak === 0 || streak % streakLength !== 0 || lookedInto(session.state)) return;
  const { n } = session.state.champion;
  await withEnvironment(bench, null, async () => {
    const wish = {
      n,
      role: 'champion',
      seedIndex: 0,
      why: `${streak} crashes in a row: does the champion run?`,
    } as const;
    const ended = await runTrial(bench, wish, null);
    if (ended.outcome !== 'crashed' && ended.outcome !== 'timed-out') return;
    throw new EnvironmentFailure(
      `The last ${streak} experiments crashed within seconds, and the champion ${nameOf(n)}, which used to run, fails as well: ${ended.why}`,
      'Look at its log (pawl show); mend the machine or the data. The champion is tried again every minute.',
      60_000,
      { kind: 'crashes' },
    );
  });
  controls.interruption();
  if (streak % (2 * streakLength) !== 0) {
    session.notice(
      'warn',
      `${streak} experiments in a row crashed at once; the champion still runs, so it is the ideas`,
    );
    return;
  }
  await controls.holdForEnvironment(
    `The last ${streak} experiments crashed within seconds, but the champion ${nameOf(n)} still runs: it is the proposals`,
    'Leave a note, edit the instructions, or take another model (Q, then pawl resume --model NAME); p goes on. It goes on by itself in 10 minutes.',
    patienceMs,
    'crashes',
  );
  await controls.gate(null);
  if (session.state.held?.by === 'engine') session.append({ type: 'run.released', by: 'engine' });
}

/** The champion has run since the last of the crashes. */
function lookedInto({ experiments, champion }: RunState): boolean {
  const last = experiments.findLast((e) => e.verdict === 'crashed');
  const ran = experiments[champion.n]?.trials.at(-1)?.startedAt;
  return last !== undefined && ran !== undefined && Date.parse(ran) >= Date.parse(last.endedAt ?? '');
}
