import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Staged } from '../workspace/workspace.ts';
import { type Bench, withEnvironment } from './step.ts';

/** Shows the staged change on the screens and keeps it with the experiment. */
export function showStaged(bench: Bench, n: number, staged: Staged): void {
  const { session, paths } = bench;
  session.pulse({ type: 'diff', n, base: `#${session.state.champion.n}`, text: staged.diff });
  mkdirSync(paths.experiment(n).dir, { recursive: true });
  writeFileSync(paths.experiment(n).diff, staged.diff);
}

/** Commits the staged tree on the champion, and tells the journal. @returns the commit */
export async function commitStaged(
  bench: Bench,
  n: number,
  staged: Staged,
  message: string,
  fuzzy: boolean,
): Promise<string> {
  const { session, workspace } = bench;
  const parent = session.state.champion.sha;
  const sha = await workspace.commit(n, parent, staged.tree, message);
  session.append({
    type: 'experiment.committed',
    n,
    sha,
    tree: staged.tree,
    parent,
    files: staged.files,
    added: staged.added,
    removed: staged.removed,
    fuzzy,
  });
  return sha;
}

/** Commits a skipped experiment's change once more, as experiment `n`. @returns null, or why that cannot be done */
export async function commitAgain(bench: Bench, n: number, earlier: number): Promise<string | null> {
  const { session, workspace, paths } = bench;
  const old = session.state.experiments[earlier]!;
  const surface = await workspace.surface(old.sha!);
  const files = new Map<string, string>();
  for (const path of old.files) {
    const text = surface.get(path);
    if (text === undefined) return `the files of #${earlier} cannot be read any more`;
    files.set(path, text);
  }
  session.append({
    type: 'experiment.proposed',
    n,
    attempt: 1,
    hypothesis: old.hypothesis,
    expect: old.expect,
    family: old.family,
    constants: old.constants,
    seconds: 0,
    tokens: null,
  });
  await withEnvironment(bench, n, async () => {
    const staged = await workspace.stage(session.state.champion.sha, files);
    showStaged(bench, n, staged);
    for (const text of ['prompt', 'reply'] as const) {
      copyFileSync(paths.experiment(earlier)[text], paths.experiment(n)[text]);
    }
    await commitStaged(bench, n, staged, `#${n} ${old.hypothesis} (#${earlier} again)`, old.fuzzy);
  });
  return null;
}
