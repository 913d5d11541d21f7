import type { Refusal } from '../propose/proposer.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import { runCheck } from '../trial/check.ts';
import type { Staged } from '../workspace/workspace.ts';
import { checkWalls } from './check-walls.ts';
import { smokeRefusal } from './smoke-step.ts';
import { staticRefusal } from './static-step.ts';
import type { Bench } from './step.ts';

/** `check` may take this long, ms. */
const checkTimeoutMs = 30_000;

/**
 * What speaks against a staged change without running any of it: it is no news, or it would crash. null = nothing.
 * @param repeat what the proposal's words and constants alone say against it
 */
export async function lookAtStaged(
  bench: Bench,
  staged: Staged,
  signal: AbortSignal,
  repeat: Refusal | null = null,
): Promise<Refusal | null> {
  return sameTree(bench, staged.tree) ?? repeat ?? (await staticRefusal(bench, staged, signal));
}

/**
 * What running the staged change says against it before its timed trial: `check`, then a smoke run. null = nothing. In
 * approve mode this comes after the user's yes: nothing of a proposal runs before it.
 * @throws what `signal` was aborted with; EnvironmentFailure
 */
export async function tryStaged(bench: Bench, n: number, signal: AbortSignal): Promise<Refusal | null> {
  return (await runCheckOf(bench, signal)) ?? (await smokeRefusal(bench, n, signal));
}

/** What the project's `check` says against the staged change; null = nothing. */
export async function runCheckOf(bench: Bench, signal: AbortSignal): Promise<Refusal | null> {
  const { session, workspace } = bench;
  const check = session.state.settings!.check;
  if (!check) return null;
  const walls = await checkWalls(bench);
  const result = await runCheck(
    check,
    workspace.cwd,
    checkTimeoutMs,
    { PAWL_RUN_ID: session.state.cookie },
    signal,
    walls,
  );
  signal.throwIfAborted();
  if (result.ok) return null;
  return {
    code: 'check',
    why: `check failed: ${result.why}`,
    feedback: `The check \`${check}\` failed on your change (${result.why}). Its last lines:\n${maskSecrets(result.tail.join('\n'))}`,
  };
}

/** Equal trees are equal experiments: running one again would only measure noise. */
function sameTree(bench: Bench, tree: string): Refusal | null {
  const { state } = bench.session;
  const twin = state.experiments.find(
    (e) => e.tree === tree && e.verdict !== null && e.verdict !== 'skipped' && e.verdict !== 'void',
  );
  if (!twin) return null;
  if (twin.n === state.champion.n) {
    return {
      code: 'no-change',
      why: 'the edit changes nothing',
      feedback:
        'After your edit the files are exactly what they were. Propose a change that changes something.',
    };
  }
  const outcome = twin.metric === null ? twin.verdict : `${twin.verdict} (${twin.metric})`;
  return {
    code: 'duplicate',
    why: `the same code as #${twin.n} (${twin.verdict})`,
    feedback: `This gives exactly the code of experiment #${twin.n}, "${twin.hypothesis}", which was ${outcome}. Propose something else.`,
  };
}
