import type { Overrides, SandboxInfo } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { SettingChange } from '../protocol/setting-changes.ts';
import type { Settings } from '../protocol/settings.ts';
import { identify } from '../trial/process-table.ts';
import { decide } from './experiment-step.ts';
import { planRevert } from './revert-plan.ts';
import type { Session } from './session.ts';
import type { Bench } from './step.ts';

/** What was found and done before the session was open. */
export interface Found {
  /** What opening the worktree and the journal had to mend. */
  notes: string[];
  /** Leftover processes that were killed. */
  swept: number;
  /** Experiments whose commit is gone. */
  lost: number[];
}

/** What holds from now on. */
export interface GoingOnWith {
  settings: Settings;
  overrides: Overrides;
  project: string;
  sandbox: SandboxInfo;
  /** Of pawl.yaml, since the run was started. */
  changed: SettingChange[];
  /** Nothing is proposed: the run's proposer stays the one that it was. */
  onlyVerifies: boolean;
}

/**
 * Makes a run whole that was cut off: closes what was open, and says so.
 * @throws UserError when somebody else moved the run's branch: pawl does not guess whose commit is right.
 */
export async function recover(
  bench: Bench,
  { notes, swept, lost }: Found,
  { settings, overrides, project, sandbox, changed, onlyVerifies }: GoingOnWith,
): Promise<void> {
  const { session } = bench;
  const recovered = [...notes];
  const open = session.state.experiments.flatMap((e) =>
    e.trials.filter((t) => t.outcome === null).map((t) => ({ n: e.n, t })),
  );
  if (swept > 0)
    recovered.push(`killed ${swept} leftover ${swept === 1 ? 'process' : 'processes'} of a trial`);
  if (project !== session.state.project)
    recovered.push(`the project was moved here from ${session.state.project}`);
  for (const { n, t } of open) {
    session.append({
      type: 'trial.ended',
      n,
      k: t.k,
      role: t.role,
      outcome: 'void',
      metric: null,
      metrics: {},
      why: 'the engine was gone before it ended',
      seconds: 0,
      exit: null,
      signal: null,
      peakRssMiB: null,
      peakVramMiB: null,
      curve: [],
      logBytes: 0,
      swept,
    });
    recovered.push(`the running trial of #${n} is run again`);
  }
  await closeHalfCommitted(bench, recovered);
  closeLost(bench, lost, recovered);
  await followBranch(bench, session, recovered);
  session.append({
    type: 'run.resumed',
    engine: identify(process.pid),
    recovered,
    ...(changed.length > 0 ? { changed } : {}),
    settings,
    project,
    ...(onlyVerifies ? {} : { proposer: bench.proposer.info }),
    sandbox,
    overrides,
  });
  // To resume is to go on: a hold that was in force when the engine died would stand for ever without a screen.
  if (session.state.held) session.append({ type: 'run.released', by: 'user' });
}

/** Its commit was made, but the journal does not know it: the number is used up, the commit stays, nothing was measured. */
async function closeHalfCommitted(bench: Bench, recovered: string[]): Promise<void> {
  const { state } = bench.session;
  const n = state.current;
  if (n === null || n === 0 || state.experiments[n]!.sha !== null) return;
  // The user has said yes to exactly this tree: it is committed once more, which gives the same commit.
  if (state.approval?.n === n) return;
  if ((await bench.workspace.commitOf(n)) === null) return;
  decide(bench, n, {
    verdict: 'void',
    why: 'the engine was killed while it committed; nothing was measured',
  });
  recovered.push(`#${n} was cut off while it was committed and does not count`);
}

/** The journal has its commit, the repository has not: a power cut, or a deleted ref and git's gc. There is nothing to run. */
function closeLost(bench: Bench, lost: readonly number[], recovered: string[]): void {
  const { current } = bench.session.state;
  if (current === null || !lost.includes(current)) return;
  decide(bench, current, { verdict: 'void', why: 'its commit is gone from the repository' });
  recovered.push(`#${current} has lost its commit and does not count`);
}

/** The branch may be one move ahead of the journal (killed in between); anything else was somebody else. */
async function followBranch(bench: Bench, session: Session, recovered: string[]): Promise<void> {
  const tip = await bench.workspace.tip();
  const { state } = session;
  if (tip === null || tip === state.champion.sha) return;
  const at = state.experiments.find((e) => e.sha === tip);
  // A keep whose move is not in the journal yet is carried out by the loop itself.
  if (at?.verdict === 'kept' && !state.moves.some((m) => m.n === at.n)) return;
  const forced = at !== undefined && state.acts.some((a) => a.act === 'keep' && a.detail === `#${at.n}`);
  const plan = at ? planRevert(state, { to: 'experiment', n: at.n }, forced) : null;
  if (!plan || 'refused' in plan) {
    throw new UserError(
      `The branch ${state.branch} points to ${tip.slice(0, 10)}, which is not a commit that this run kept: something else moved it.\n` +
        `To go on from the champion #${state.champion.n}:  git update-ref refs/heads/${state.branch} ${state.champion.sha}\n` +
        'To start from what is there now:        pawl run --new',
      3,
    );
  }
  session.append({
    type: 'champion.moved',
    from: state.champion.sha,
    to: plan.to,
    n: plan.n,
    by: 'user',
    cause: plan.restored.includes(plan.n) && forced ? 'forced' : 'reverted',
    reverted: plan.reverted,
    restored: plan.restored,
    why: 'the move had reached git when the engine ended',
  });
  recovered.push(`the champion is #${plan.n}, as the branch says`);
}
