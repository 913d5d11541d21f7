import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isHouseName } from '../protocol/house-names.ts';

/** Larger files are no source files (facts: training outputs belong outside the worktree). Bytes. */
export const maxFileBytes = 5 * 1024 * 1024;

/** An edit that must not be written. The proposer's fault, not the environment's: make it a refusal. */
export class EditRefused extends Error {
  override name = 'EditRefused';
  readonly code: 'off-surface' | 'too-large';
  readonly path: string;

  constructor(code: 'off-surface' | 'too-large', path: string, why: string) {
    super(`${path}: ${why}`);
    this.code = code;
    this.path = path;
  }
}

/** Why a text is no plain relative posix path, or null when it is one. */
export function posixPathFault(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.startsWith('/')) return 'is absolute';
  if (path.includes('\\')) return 'has a backslash';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character';
  if (Buffer.byteLength(path) > 1024) return 'is too long';
  const parts = path.split('/');
  if (parts.includes('')) return 'has an empty part';
  if (parts.includes('.') || parts.includes('..')) return 'has a part . or ..';
  if (parts.some(isHouseName)) return 'is inside .git or .pawl';
  return null;
}

/**
 * Writes one file below `root`, making folders on the way, never through a symbolic link.
 * The file keeps its mode; a new one is a plain file.
 * @throws EditRefused when a part of the path is a link or not a folder, or the text is too large.
 */
export async function writeEdit(root: string, path: string, text: string): Promise<void> {
  const fault = posixPathFault(path);
  if (fault !== null) throw new EditRefused('off-surface', path, `the path ${fault}`);
  if (Buffer.byteLength(text) > maxFileBytes)
    throw new EditRefused('too-large', path, 'the new text is larger than 5 MB');
  const parts = path.split('/');
  let folder = root;
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part);
    const found = await lstat(folder).catch(absent);
    if (!found) await mkdir(folder);
    else if (found.isSymbolicLink())
      throw new EditRefused('off-surface', path, 'a folder on the way is a symbolic link');
    else if (!found.isDirectory())
      throw new EditRefused('off-surface', path, 'a folder on the way is a file');
  }
  const target = join(root, ...parts);
  const found = await lstat(target).catch(absent);
  if (found?.isSymbolicLink()) throw new EditRefused('off-surface', path, 'it is a symbolic link');
  if (found?.isDirectory()) throw new EditRefused('off-surface', path, 'it is a folder');
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(target, flags, 0o666);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
