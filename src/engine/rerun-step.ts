import { timesMeasured } from '../loop/measured.ts';
import { remeasure } from '../loop/remeasure.ts';
import { nameOf } from '../protocol/words.ts';
import type { Bench } from './step.ts';
import { runTrial } from './trial-step.ts';

/** Runs the oldest experiment that the user wants to see once more. The verdict stays, what is known of it changes. @returns true when it did something */
export async function rerunStep(bench: Bench): Promise<boolean> {
  const { session, controls } = bench;
  const [n] = session.state.reruns;
  if (n === undefined) return false;
  const { champion, experiments } = session.state;
  const name = nameOf(n);
  const ended = await runTrial(
    bench,
    {
      n,
      role: n === champion.n ? 'champion' : 'confirm',
      seedIndex: timesMeasured(session.ledger.groups, n),
      why: `${name} again, for you: does its number hold?`,
    },
    null,
  );
  controls.interruption();
  // Stopped by a key or by the environment: it is run again after the gate, as long as it is wanted.
  if (ended.outcome === 'stopped' || ended.outcome === 'void') return true;
  const parent = experiments.find((e) => e.sha === experiments[n]!.parent && e.n !== n);
  const failure = ended.outcome === 'ok' ? null : (ended.why ?? ended.outcome);
  session.append({
    type: 'experiment.remeasured',
    n,
    ...remeasure(session.ledger, n, parent?.n ?? null, failure),
  });
  return true;
}
