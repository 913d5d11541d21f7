import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Approval } from '../journal/state.ts';
import { constantChanges } from '../propose/constant-changes.ts';
import type { Refusal } from '../propose/proposer.ts';
import type { Staged } from '../workspace/workspace.ts';
import { lookAtStaged, tryStaged } from './check-step.ts';
import { codeLines } from './code-lines.ts';
import { showStaged } from './commit-step.ts';
import { endOf, Interrupted } from './controls.ts';
import { type Bench, withEnvironment } from './step.ts';

/** Puts a checked change before the user instead of committing it. */
export async function askApproval(bench: Bench, n: number, staged: Staged, fuzzy: boolean): Promise<void> {
  const { session } = bench;
  const { tree, files, added, removed } = staged;
  await writeEditable(bench, n, tree, files);
  session.append({
    type: 'approval.asked',
    n,
    tree,
    parent: session.state.champion.sha,
    files,
    added,
    removed,
    fuzzy,
  });
}

/**
 * Waits for the user's answer to the proposal of `n`. After a yes, and only then, `check` and a smoke run come.
 * @returns a refusal by those, with nothing committed: it may be mended, or commitWaiting keeps it as it is. Otherwise it
 * is committed, whatever the answer: nothing tried is lost
 * @throws Interrupted
 */
export async function approveStep(bench: Bench, n: number): Promise<'runs' | 'rejected' | Refusal> {
  const { session, controls } = bench;
  await withEnvironment(bench, n, () => showWaiting(bench, n));
  try {
    await controls.approval(n);
  } catch (error) {
    // A skipped proposal may run again, as any other skipped change: for that it needs its commit.
    if (error instanceof Interrupted && error.reason === 'skip') await commitWaiting(bench, n);
    throw error;
  }
  const runs = session.state.approval?.answer !== 'reject';
  const refusal = runs ? await tryApproved(bench, n) : null;
  if (refusal !== null) return refusal;
  await commitWaiting(bench, n);
  return runs ? 'runs' : 'rejected';
}

/** Runs `check` and a smoke run on what the user has said yes to. @returns what they say against it @throws Interrupted */
async function tryApproved(bench: Bench, n: number): Promise<Refusal | null> {
  const { session, controls, workspace } = bench;
  const { approval, settings } = session.state;
  if (approval?.n !== n || session.state.experiments[n]!.sha !== null) return null;
  if (!settings!.check && !settings!.smokeMs) return null;
  const abort = new AbortController();
  const finished = controls.begin({ n, kind: 'proposing', interrupt: (cause) => abort.abort(cause) });
  try {
    return await withEnvironment(bench, n, async () => {
      session.phase('checking', n);
      // The worktree may have been anything since.
      const texts = await workspace.surface(approval.tree);
      const files = new Map(approval.files.map((path) => [path, texts.get(path) ?? '']));
      await workspace.stage(approval.parent, files);
      return tryStaged(bench, n, abort.signal);
    });
  } catch (error) {
    throw endOf(controls, error, abort.signal);
  } finally {
    finished();
    bench.lease.modelOver();
  }
}

/** Commits what waits for an answer, from its tree: the worktree may have been anything since. */
export async function commitWaiting(bench: Bench, n: number): Promise<void> {
  const { session, workspace } = bench;
  const { approval } = session.state;
  if (approval?.n !== n || session.state.experiments[n]!.sha !== null) return;
  const { tree, parent, files, added, removed, fuzzy } = approval;
  const { hypothesis } = session.state.experiments[n]!;
  const sha = await withEnvironment(bench, n, () => workspace.commit(n, parent, tree, `#${n} ${hypothesis}`));
  bench.justStaged = null;
  const body = { n, sha, tree, parent, files, added, removed, fuzzy };
  const diff = await withEnvironment(bench, n, () => workspace.diff(parent, tree));
  session.append({ type: 'experiment.committed', ...body, codeLines: codeLines(diff) });
  rmSync(bench.paths.experiment(n).edit, { recursive: true, force: true });
}

/** After a resume the panes and the editor must find again what waits. */
async function showWaiting(bench: Bench, n: number): Promise<void> {
  const { session, workspace } = bench;
  const { approval } = session.state;
  if (approval?.n !== n) return;
  const text = await workspace.diff(approval.parent, approval.tree);
  session.pulse({ type: 'diff', n, base: `#${session.state.champion.n}`, text });
  await writeEditable(bench, n, approval.tree, approval.files);
}

/** Copies of the proposed files for the user's editor; only these are read back. */
async function writeEditable(bench: Bench, n: number, tree: string, files: readonly string[]): Promise<void> {
  const { edit } = bench.paths.experiment(n);
  const surface = await bench.workspace.surface(tree);
  for (const path of files) {
    const to = join(edit, path);
    mkdirSync(dirname(to), { recursive: true });
    // Never half a file: a screen may be reading it.
    writeFileSync(`${to}.new`, surface.get(path) ?? '');
    renameSync(`${to}.new`, to);
  }
}

/**
 * Takes the user's edit of the waiting proposal: checked as the model's was, and shown.
 * @throws Error saying why it cannot be run; what waited waits on
 */
export async function editWaiting(bench: Bench, n: number): Promise<void> {
  const { session, workspace, paths } = bench;
  const { approval } = session.state;
  if (approval?.n !== n) throw new Error(`#${n} waits for no answer`);
  const { edit } = paths.experiment(n);
  const files = new Map(approval.files.map((path) => [path, readFileSync(join(edit, path), 'utf8')]));
  session.phase('checking', n, 'your edit');
  const staged = await workspace.stage(approval.parent, files);
  if (staged.tree === approval.tree) throw new Error('the files are as they were');
  const wrong = await lookAtStaged(bench, staged, new AbortController().signal);
  // The user's text stays in the folder: another look at it may be all that it needs.
  if (wrong) throw new Error(`your edit is not taken: ${wrong.why}`);
  const { tree, added, removed } = staged;
  showStaged(bench, n, staged);
  const says = await saysNow(bench, n, approval.parent, files);
  session.append({ type: 'proposal.edited', n, tree, files: approval.files, added, removed, ...says });
}

/** What an edited proposal says: its constants, read from the files; where there are none, what was proposed. */
async function saysNow(bench: Bench, n: number, parent: string, files: ReadonlyMap<string, string>) {
  const constants = constantChanges(await bench.workspace.surface(parent), files);
  const e = bench.session.state.experiments[n]!;
  const what =
    constants.map(({ name, from, to }) => `${name} ${from} -> ${to}`).join(', ') ||
    (e.edited ?? e).hypothesis;
  return { constants, hypothesis: `${what} (edited by hand)` };
}

/** Puts an earlier form of the waiting proposal back. */
export async function uneditWaiting(bench: Bench, before: Approval): Promise<void> {
  const { n, tree, files, added, removed } = before;
  const texts = await bench.workspace.surface(tree);
  const says = before.edited
    ? await saysNow(bench, n, before.parent, new Map(files.map((path) => [path, texts.get(path) ?? ''])))
    : ({ undone: true } as const);
  bench.session.append({ type: 'proposal.edited', n, tree, files, added, removed, ...says });
  await showWaiting(bench, n);
}
