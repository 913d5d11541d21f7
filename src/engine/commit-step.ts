import { mkdirSync, writeFileSync } from 'node:fs';
import type { Staged } from '../workspace/workspace.ts';
import { codeLines } from './code-lines.ts';
import type { Bench } from './step.ts';

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
    codeLines: codeLines(staged.diff),
  });
  return sha;
}
