import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A larger index takes longer to look through than git takes to start, bytes. */
const mostBytes = 2 ** 21;

/**
 * True only where git surely tracks nothing whose path holds `name` (ASCII, in any case): told by the bytes of the
 * repository's index alone, without starting git. False says nothing: whatever is unusual is left to git itself.
 */
export function surelyUntracked(projectDir: string, name: string): boolean {
  try {
    const gitDir = gitDirOf(realpathSync(projectDir));
    if (gitDir === null) return false;
    const path = join(gitDir, 'index');
    // Nothing was ever added.
    if (!existsSync(path)) return existsSync(join(gitDir, 'HEAD'));
    if (!statSync(path).isFile() || statSync(path).size > mostBytes) return false;
    return namesNothing(readFileSync(path), name);
  } catch {
    return false;
  }
}

/**
 * Version 2 and 3 of an index hold every path whole. Version 4 shares beginnings of paths; an index that is split has
 * others elsewhere, and a sparse one stands for folders that it does not look into: their extensions are named in it.
 * Source: git's Documentation/gitformat-index.
 */
function namesNothing(index: Buffer, name: string): boolean {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return false;
  const version = index.readUInt32BE(4);
  if (version !== 2 && version !== 3) return false;
  const text = index.toString('latin1');
  // Their sizes begin with a zero; a path that ends so is only taken for one.
  if (text.includes('link\0') || text.includes('sdir\0')) return false;
  return !text.toLowerCase().includes(name.toLowerCase());
}

/** The folder of git that a command in that folder would use, where it is found in the usual way; null otherwise. */
function gitDirOf(from: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    const place = join(dir, '.git');
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found?.isDirectory()) return isGitDir(place) ? place : null;
    if (found?.isFile()) {
      const to = /^gitdir: (.+?)\n?$/.exec(readFileSync(place, 'utf8'))?.[1];
      const linked = to === undefined ? null : resolve(dir, to);
      return linked !== null && existsSync(join(linked, 'HEAD')) ? linked : null;
    }
    // A link, or a folder that is itself a repository without a checkout: git knows.
    if (found || isGitDir(dir)) return null;
    if (dirname(dir) === dir) return null;
  }
}

const isGitDir = (dir: string): boolean =>
  existsSync(join(dir, 'HEAD')) && existsSync(join(dir, 'objects')) && existsSync(join(dir, 'refs'));
