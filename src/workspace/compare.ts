import { Git } from './git.ts';
import { environmentFailureOf } from './git-failure.ts';
import { TreeDiff } from './tree-diff.ts';

/**
 * Unified diff between two commits of the repository that the project lies in. Only reads objects: no file, index,
 * branch or config of the user's is touched.
 * @throws Error with a sentence for the user.
 */
export async function compareCommits(projectDir: string, from: string, to: string): Promise<string> {
  const differ = new TreeDiff(new Git({ cwd: projectDir }));
  try {
    return await differ.text(from, to);
  } catch (error) {
    const failure = environmentFailureOf(error);
    throw new Error(
      failure
        ? `${failure.message}. ${failure.next ?? ''}`.trim()
        : `git cannot compare ${from.slice(0, 7)} with ${to.slice(0, 7)}: ${(error as Error).message.split('\n')[0]}`,
    );
  } finally {
    await differ.close();
  }
}
