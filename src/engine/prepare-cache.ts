import type { Bench } from './step.ts';

/** What a discarded experiment compiled is not there for the next one. */
export async function prepareCache({ cache, session }: Bench, n: number): Promise<void> {
  const { experiments, champion } = session.state;
  const trusted = (of: number) => of === 0 || of === champion.n || experiments[of]?.verdict === 'kept';
  const fault = await cache.prepare(n, trusted);
  if (fault !== null) session.notice('warn', fault);
}

let smokes = 0;

/** For a smoke run: no other attempt, also of the same experiment, finds what this one leaves. */
export function prepareSmokeCache(bench: Bench): Promise<void> {
  smokes += 1;
  // No experiment has such a number, so nothing of it is ever trusted.
  return prepareCache(bench, -smokes);
}
