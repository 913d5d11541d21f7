import { mustBeOurFolder } from '../workspace/own-folder.ts';
import type { CommandInput } from './command.ts';
import { projectDir } from './project-dir.ts';

/**
 * The project of a command that reads or uses runs, see projectDir. @throws UserError also when its .pawl came with the
 * repository: what stands there is not ours to show, to clean or to connect to
 */
export async function ownProject(input: CommandInput): Promise<string> {
  const dir = projectDir(input);
  await mustBeOurFolder(dir);
  return dir;
}
