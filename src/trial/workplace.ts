import { constants, type FileHandle, mkdir, open, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentFailure } from '../protocol/failure.ts';

// The folders and the log that a box needs. Whatever fails here is the environment's fault, never the experiment's.

/** Less room than this counts as a full disk, bytes. */
const fullDiskBytes = 4 * 1024 * 1024;

/**
 * Makes sure that the folders exist and opens a fresh log for appending.
 * @throws EnvironmentFailure with what to do.
 */
export async function prepareWorkplace(
  cwd: string,
  logPath: string,
  folders: readonly string[],
): Promise<FileHandle> {
  try {
    if (!(await stat(cwd)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
  } catch (error) {
    throw folderFailure(cwd, error);
  }
  for (const folder of [dirname(logPath), ...folders]) {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw folderFailure(folder, error);
    });
  }
  const full = await fullDiskAmong([dirname(logPath), ...folders]);
  if (full !== null) throw folderFailure(full, Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
  try {
    // Emptied, then append only: every process of the trial writes at the end, however the descriptor is shared.
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;
    return await open(logPath, flags | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    throw folderFailure(logPath, error);
  }
}

/** The first of these folders whose disk has no room left; null while all have. */
export async function fullDiskAmong(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    try {
      const fs = await statfs(folder);
      // Some filesystems (overlay of a remote one) do not say: all zero is no answer.
      if (fs.blocks > 0 && fs.bavail * fs.bsize < fullDiskBytes) return folder;
    } catch {
      // A folder that is gone says nothing about the disk.
    }
  }
  return null;
}

function folderFailure(path: string, error: unknown): EnvironmentFailure {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const [what, next] = reasons[code] ?? [`cannot be used (${code})`, 'Check the folder and its disk.'];
  // Space and descriptors come back by themselves; rights and missing folders do not.
  const retryMs = code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE' ? 15_000 : null;
  return new EnvironmentFailure(`${path} ${what}.`, next, retryMs, {
    cause: error,
    kind: code === 'ENOSPC' || code === 'EDQUOT' ? 'disk' : 'machine',
  });
}

const reasons: Record<string, [what: string, next: string]> = {
  ENOSPC: ['cannot be written: the disk is full', 'Free some space; pawl goes on by itself.'],
  EDQUOT: ['cannot be written: your disk quota is used up', 'Free some space, then release the run.'],
  EACCES: ['cannot be written: permission denied', 'Give yourself write access to it, then release the run.'],
  EPERM: ['cannot be written: not permitted', 'Give yourself write access to it, then release the run.'],
  EROFS: ['cannot be written: the disk is read-only', 'Mount it writable, then release the run.'],
  ENOENT: ['does not exist', 'Restore the folder, or resume the run so that pawl makes it anew.'],
  ENOTDIR: ['is not a folder', 'Restore the folder, or resume the run so that pawl makes it anew.'],
  ELOOP: ['is a symbolic link', 'Remove the link, then release the run.'],
  EMFILE: [
    'cannot be opened: too many open files',
    'Raise the limit (ulimit -n); pawl tries again by itself.',
  ],
  ENFILE: ['cannot be opened: too many open files', 'Close some programs; pawl tries again by itself.'],
};
