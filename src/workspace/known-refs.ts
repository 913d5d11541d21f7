import { UserError } from '../protocol/failure.ts';
import type { Git } from './git.ts';
import type { RefState, RunRefs } from './run-refs.ts';

/** What the journal knows of a run's commits: refs that are missing are made again from it. */
export interface KnownCommits {
  champion: string;
  /** Commit of each experiment that has one, by its number. */
  commits: ReadonlyMap<number, string>;
}

export interface MendedRefs {
  /** What was done, one sentence each. */
  recovered: string[];
  /** Experiments whose commit is no more in the repository. */
  lost: number[];
}

/**
 * A branch that stands on a commit that is not the run's was moved by somebody: their commit must not be left behind.
 * @throws UserError with what to do.
 */
export function checkBranch(branch: string, state: RefState, known: KnownCommits, base: string): void {
  const { branch: tip, champion } = state;
  if (tip === null || tip === base || tip === champion || tip === known.champion) return;
  for (const sha of known.commits.values()) if (sha === tip) return;
  const at = champion ?? known.champion;
  throw new UserError(
    `The branch ${branch} points to ${tip.slice(0, 12)}, which is not a commit of this run: something else moved it.\n` +
      `Keep that commit under a name of yours, if you want it:  git branch mine ${tip.slice(0, 12)}\n` +
      `Then go on from the champion:                            git update-ref refs/heads/${branch} ${at}\n` +
      'Or start from what is there now:                         pawl run --new',
    3,
  );
}

/** Brings back refs of experiments that somebody deleted or moved, as far as their commits are still there. */
export async function mendCommits(
  git: Git,
  refs: RunRefs,
  state: RefState,
  known: KnownCommits,
): Promise<MendedRefs> {
  const wrong = [...known.commits].filter(([n, sha]) => n > 0 && state.experiments.get(n) !== sha);
  const wanted = [...wrong.map(([, sha]) => sha), known.champion];
  const missing = await missingCommits(git, wanted);
  if (missing.has(known.champion) && (state.champion === null || state.champion === known.champion))
    throw new UserError(
      `The champion's commit ${known.champion.slice(0, 12)} is gone from the repository: its refs were deleted and git has removed it.\n` +
        'What every experiment changed is still in .pawl (pawl show N). Start afresh: pawl run --new',
      3,
    );
  const recovered: string[] = [];
  const lost = wrong.filter(([, sha]) => missing.has(sha)).map(([n]) => n);
  const back = wrong.filter(([, sha]) => !missing.has(sha));
  for (const [n, sha] of back) {
    const found = state.experiments.get(n);
    if (found !== undefined) await refs.replace(n, found, sha);
  }
  const absent = back.filter(([n]) => !state.experiments.has(n));
  if (absent.length > 0) await refs.restore(absent);
  if (back.length > 0) recovered.push(`Put back the refs of ${listed(back.map(([n]) => n))}.`);
  if (lost.length > 0)
    recovered.push(
      `The commits of ${listed(lost)} are gone from the repository; their diffs are still in .pawl.`,
    );
  return { recovered, lost };
}

async function missingCommits(git: Git, shas: readonly string[]): Promise<Set<string>> {
  const out = await git.text(['cat-file', '--batch-check'], { input: `${shas.join('\n')}\n` });
  return new Set(out.split('\n').flatMap((line) => /^([0-9a-f]+) missing$/.exec(line)?.[1] ?? []));
}

function listed(numbers: readonly number[]): string {
  const some = numbers.slice(0, 5).map((n) => `#${n}`);
  return numbers.length > 5 ? `${some.join(', ')} and ${numbers.length - 5} more` : some.join(', ');
}
