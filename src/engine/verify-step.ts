import { earlierToOffer } from '../loop/offer.ts';
import {
  type Claim,
  claimOf,
  claimSentence,
  nextVerification,
  pooled,
  roundWords,
  type Verification,
  verifyPatience,
} from '../loop/verify.ts';
import type { EventBody } from '../protocol/events.ts';
import type { Bench } from './step.ts';
import { runTrial } from './trial-step.ts';

/**
 * Measures start and champion again, by turns, and writes the run's claim down. Goes on where it was cut off. Where the
 * champion is worse than the start, the best that was kept before it is measured the same way and offered.
 * @param asked pairs of runs, also when there is a claim already; else what the settings say
 * @returns the claim as a sentence, or null when there is nothing to verify
 * @throws Interrupted when the user ends the run
 */
export async function verifyRun(bench: Bench, asked?: number): Promise<string | null> {
  const { session } = bench;
  const { champion } = session.state;
  const pairs = asked ?? session.state.settings!.verify;
  if (pairs === 0 || champion.n === 0) return null;
  // A run that is resumed at its limit has its claim already.
  if (asked !== undefined || session.state.verified === null) {
    const { verified } = session.state;
    const earlier = verified?.n === champion.n ? pooled(verified, { start: [], end: [] }).end.length : 0;
    if (!(await measurePairs(bench, champion.n, pairs, earlier))) return verifyRun(bench, asked);
    await claim(bench, champion.n);
  }
  if (!(await offer(bench, champion.n, pairs))) return verifyRun(bench, asked);
  const { verified, offered } = session.state;
  return offered ? `${verified!.why}; ${offered.why}` : verified!.why;
}

/** Runs of the start and of experiment `n` by turns. @returns false when the champion moved meanwhile. @throws Interrupted */
async function measurePairs(bench: Bench, n: number, pairs: number, earlier = 0): Promise<boolean> {
  const { session } = bench;
  const { sha } = session.state.champion;
  const name = n === session.state.champion.n ? `the champion #${n}` : `#${n}, kept earlier`;
  for (;;) {
    await bench.controls.gate(null);
    if (session.state.champion.sha !== sha) return false;
    const done = session.state.verification;
    const next = done.failures >= verifyPatience ? null : nextVerification(done, pairs, earlier);
    if (next === null) return true;
    const why = `verifying pair ${next.pair + 1} of ${pairs}: ${next.side === 'start' ? 'the start' : name} on a fresh seed`;
    const of = next.side === 'start' ? 0 : n;
    await runTrial(bench, { n: of, role: 'verify', seedIndex: next.seedIndex, why }, null);
    bench.controls.interruption();
  }
}

async function claim(bench: Bench, n: number): Promise<void> {
  const { session } = bench;
  const { heldOut, metric } = session.state.settings!;
  const { verified, verification } = session.state;
  const earlier = verified?.n === n ? verified : null;
  const done = { ...verification, ...pooled(earlier, verification) };
  const round = (earlier?.round ?? (earlier ? 1 : 0)) + 1;
  const held = heldOut === null ? null : await heldOutNumbers(bench, n, heldOut);
  const made = claimOf(done, metric);
  const why = sentence(made, done, held, round);
  const { start, end } = done;
  const body = {
    n,
    ...(round > 1 ? { round } : {}),
    start: [...start],
    end: [...end],
    claim: made,
    heldOut: held,
    why,
  };
  session.append({ type: 'run.verified', ...body });
}

/** @returns false when the champion moved meanwhile. @throws Interrupted */
async function offer(bench: Bench, champion: number, pairs: number): Promise<boolean> {
  const { session } = bench;
  const { verified, offered, experiments } = session.state;
  const { metric } = session.state.settings!;
  if (offered !== null || !verified?.claim || verified.claim.high >= 0) return true;
  const n = earlierToOffer(experiments, champion, metric.direction);
  if (n === null) return true;
  if (!(await measurePairs(bench, n, pairs))) return false;
  const made = claimOf(session.state.verification, metric);
  const kept = experiments.filter((e) => e && e.n > 0 && e.n <= n && e.verdict === 'kept').map((e) => e.n);
  const how =
    made && made.low > 0
      ? `. \`pawl adopt --only ${kept.join(',')}\` brings what was kept up to it`
      : '. It is no better than the start either: nothing to adopt';
  const why = `#${n}, the best kept before it: ${sentence(made, session.state.verification, null)}${how}`;
  session.append({ type: 'run.offered', n, claim: made, why });
  return true;
}

function sentence(
  claim: Claim | null,
  done: Verification,
  held: EventBody<'run.verified'>['heldOut'],
  round = 1,
): string {
  const main =
    claim !== null
      ? `${claimSentence(claim)}${round > 1 ? `; ${roundWords(round, claim.pairs)}` : ''}`
      : done.failures >= verifyPatience
        ? `not verified: ${done.failures} of its runs gave no number`
        : 'not verified: one pair says nothing about chance';
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
