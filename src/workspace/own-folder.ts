import { UserError } from '../protocol/failure.ts';
import { surelyUntracked } from './index-bytes.ts';

/**
 * A .pawl that git tracks came with the repository: its journals would say what their writer likes, a link would lead
 * what pawl writes to another place, and git would change it under a run.
 * @throws UserError saying how to be rid of it
 */
export async function mustBeOurFolder(projectDir: string): Promise<void> {
  // Nearly always, and without the milliseconds of a process before the first picture.
  if (surelyUntracked(projectDir, '.pawl')) return;
  const { Git } = await import('./git.ts');
  const tracked = await new Git({ cwd: projectDir })
    .maybe(['ls-files', '-z', '--', ':(icase).pawl'])
    .catch(() => null);
  if (!tracked) return;
  // A disk that ignores case takes .PAWL for ours.
  const name = tracked.slice(0, '.pawl'.length);
  throw new UserError(
    `git tracks files in ${projectDir}/${name}, so they came with the repository and are not runs of yours.\n` +
      `Take them out of it: git rm -r --cached ${name} && rm -rf ${name}, then commit`,
    3,
  );
}
