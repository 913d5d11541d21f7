import type { Verification } from '../loop/verify.ts';
import { claimOf, claimSentence, nextVerification, verifyPatience } from '../loop/verify.ts';
import type { EventBody } from '../protocol/events.ts';
import type { Bench } from './step.ts';
import { runTrial } from './trial-step.ts';

/**
 * Measures start and champion again, by turns, and writes the run's claim down. Goes on where it was cut off.
 * @param asked pairs of runs, also when there is a claim already; else what the settings say
 * @returns the claim as a sentence, or null when there is nothing to verify
 * @throws Interrupted when the user ends the run
 */
export async function verifyRun(bench: Bench, asked?: number): Promise<string | null> {
  const { session } = bench;
  const { champion } = session.state;
  const { verify, heldOut, metric } = session.state.settings!;
  const pairs = asked ?? verify;
  if (pairs === 0 || champion.n === 0) return null;
  // A run that is resumed at its limit has its claim already.
  if (asked === undefined && session.state.verified) return session.state.verified.why;
  for (;;) {
    await bench.controls.gate(null);
    if (session.state.champion.sha !== champion.sha) return verifyRun(bench, asked);
    const done = session.state.verification;
    const next = done.failures >= verifyPatience ? null : nextVerification(done, pairs);
    if (next === null) break;
    await runTrial(
      bench,
      {
        n: next.side === 'start' ? 0 : champion.n,
        role: 'verify',
        seedIndex: next.seedIndex,
        why: `verifying pair ${next.pair + 1} of ${pairs}: ${next.side === 'start' ? 'the start' : `the champion #${champion.n}`} on a fresh seed`,
      },
      null,
    );
    bench.controls.interruption();
  }
  const done = session.state.verification;
  const held = heldOut === null ? null : await heldOutNumbers(bench, champion.n, heldOut);
  const claim = claimOf(done, metric);
  const why = sentence(claim ? claimSentence(claim) : null, done, held);
  session.append({
    type: 'run.verified',
    n: champion.n,
    start: [...done.start],
    end: [...done.end],
    claim,
    heldOut: held,
    why,
  });
  return why;
}

function sentence(
  claim: string | null,
  done: Verification,
  held: EventBody<'run.verified'>['heldOut'],
): string {
  const main =
    claim ??
    (done.failures >= verifyPatience
      ? `not verified: ${done.failures} of its runs gave no number`
      : 'not verified: one pair says nothing about chance');
  if (!held) return main;
  const shown = (x: number | null) => (x === null ? 'no number' : String(Number(x.toPrecision(6))));
  return `${main}; held out: ${shown(held.start)} at the start, ${shown(held.end)} at the end`;
}

async function heldOutNumbers(bench: Bench, n: number, command: string) {
  const run = async (of: number) => {
    const ended = await runTrial(
      bench,
      { n: of, role: 'held-out', seedIndex: 0, why: 'the held-out command', command },
      null,
    );
    bench.controls.interruption();
    return ended.metric;
  };
  return { start: await run(0), end: await run(n) };
}
