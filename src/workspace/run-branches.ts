import { Git } from './git.ts';

/** Tags that runs of this repository have used in git, also where their folders are gone. Empty outside a repository. */
export async function runBranches(projectDir: string): Promise<string[]> {
  const git = new Git({ cwd: projectDir });
  const names = await git.maybe(['for-each-ref', '--format=%(refname)', 'refs/heads/pawl/', 'refs/pawl/']);
  const tags = (names ?? '').split('\n').map((name) => /^refs\/(?:heads\/)?pawl\/([^/]+)/.exec(name)?.[1]);
  return [...new Set(tags.filter((tag) => tag !== undefined))];
}
