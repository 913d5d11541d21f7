import { Git } from './git.ts';
import { findRepository } from './repository.ts';

/**
 * Tags that the repository knows already, by branch (`pawl/<tag>`) or by refs of experiments (`refs/pawl/<tag>/...`).
 * @throws UserError when the folder is not in a usable repository.
 */
export async function runBranches(projectDir: string): Promise<string[]> {
  const { project } = await findRepository(projectDir);
  const out = await new Git({ cwd: project }).text([
    'for-each-ref',
    '--format=%(refname)',
    'refs/heads/pawl/',
    'refs/pawl/',
  ]);
  const tags = out.split('\n').flatMap((name) => /^refs\/(?:heads\/)?pawl\/([^/]+)/.exec(name)?.[1] ?? []);
  return [...new Set(tags)].sort();
}
