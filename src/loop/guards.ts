import type { Settings } from '../protocol/settings.ts';
import type { Ledger } from './ledger.ts';
import { type Run, runsOf } from './measured.ts';
import { mean, pooledSpread } from './noise.ts';
import { plainNumber } from './plain-number.ts';

type Guard = Settings['guards'][number];

/** `unsure`: the worsening is within one standard error of what is allowed; one more run would help. */
export type GuardFinding = { state: 'ok' } | { state: 'broken' | 'unsure'; why: string };

/** Fixed limits: one run beyond one of them is enough. @returns why, or null when the run is within all of them */
export function brokenLimit(guards: readonly Guard[], run: Run): string | null {
  for (const { name, max, min } of guards) {
    const value = run.guards[name];
    if (value === undefined) return `guard ${name}: it was not printed`;
    if (max !== null && value > max)
      return `guard ${name}: ${plainNumber(value)} is above ${plainNumber(max)}`;
    if (min !== null && value < min)
      return `guard ${name}: ${plainNumber(value)} is below ${plainNumber(min)}`;
  }
  return null;
}

/**
 * Allowed worsening against the champion, judged on the means over both sides' runs.
 * `final`: no more runs may be asked for, the means decide.
 */
export function worsening(ledger: Ledger, n: number, final: boolean): GuardFinding {
  let unsure: GuardFinding = { state: 'ok' };
  for (const guard of ledger.rules?.guards ?? []) {
    if (!guard.worseBy) continue;
    const mine = valuesOf(runsOf(ledger.groups, n), guard.name);
    const theirs = valuesOf(runsOf(ledger.groups, ledger.champion.n), guard.name);
    if (mine.length === 0 || theirs.length === 0) continue;

    const before = mean(theirs);
    const worse = guard.direction === 'minimize' ? mean(mine) - before : before - mean(mine);
    const { by, relative } = guard.worseBy;
    const allowed = relative ? by * Math.abs(before) : by;
    const { sd } = pooledSpread(ledger.groups.map((g) => valuesOf(g.runs, guard.name)));
    const se = sd * Math.sqrt(1 / mine.length + 1 / theirs.length);
    const size = `guard ${guard.name}: ${plainNumber(mean(mine))} vs ${plainNumber(before)}`;
    const limit = relative ? `${plainNumber(by * 100)} %` : plainNumber(by);
    // The rounding of a subtraction must not break a guard.
    const slack = 1e-9 * Math.max(Math.abs(before), allowed);

    if (!final && se > 0 && Math.abs(worse - allowed) <= se)
      unsure = { state: 'unsure', why: `${size}, close to the allowed ${limit}` };
    else if (worse > allowed + slack) return { state: 'broken', why: `${size}, worse by more than ${limit}` };
  }
  return unsure;
}

/** What is wrong with the guards at the baseline: a base that breaks its own limits can never keep anything. */
export function guardProblems(ledger: Ledger): string[] {
  const problems = runsOf(ledger.groups, 0).map((run) => brokenLimit(ledger.rules?.guards ?? [], run));
  return [...new Set(problems.filter((p) => p !== null))];
}

function valuesOf(runs: readonly Run[], name: string): number[] {
  return runs.map((r) => r.guards[name]).filter((v) => v !== undefined);
}
