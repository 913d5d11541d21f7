import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pawlDir } from '../engine/engine-options.ts';
import { UserError } from '../protocol/failure.ts';

/**
 * Makes a run's folder. `.pawl` ignores itself, so that git never shows it as untracked.
 * @throws UserError when it cannot be written; nothing new is left behind then.
 */
export function makeRunFolder(projectDir: string, dir: string): void {
  const wasThere = existsSync(dir);
  const ignore = join(pawlDir(projectDir), '.gitignore');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    // An empty one is what a full disk left behind; it ignores nothing.
    if (!statSync(ignore, { throwIfNoEntry: false })?.size) writeFileSync(ignore, '*\n');
  } catch (error) {
    if (!wasThere) rmSync(dir, { recursive: true, force: true });
    throw new UserError(`cannot write ${dir}: ${reason(projectDir, error as NodeJS.ErrnoException)}`, 3);
  }
}

function reason(projectDir: string, error: NodeJS.ErrnoException): string {
  // mkdir of several levels says ENOENT where the first of them could not be made.
  const code = error.code === 'ENOENT' ? accessCode(projectDir) : error.code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Free some space and start again';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'the folder is read-only. pawl keeps its runs in .pawl inside the project and needs to write there';
    default:
      return error.message;
  }
}

function accessCode(dir: string): string | undefined {
  try {
    accessSync(dir, constants.W_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  return undefined;
}
