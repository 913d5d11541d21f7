import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeStubborn } from './leftovers.ts';
import { type ShadowQuestion, shadowFault } from './shadowing.ts';

// What a training left in the worktree that the evaluator after it would run in the place of what it means: a `json.py`
// beside it, a compiled file with the name and date of a locked one. Outputs are left alone.

/** Model weights have this ending too, and only a folder of installed packages is searched for it. */
const weights = /\.pth$/i;
/** Made by interpreters and package managers, and read by name from beside the code. */
const importFolder = /^(node_modules|__pycache__)$/i;
/** What makes a folder a package. */
const packageFiles = ['__init__.py', '__init__.pyc', 'index.js', 'index.cjs', 'index.mjs', 'index.ts'];

/**
 * Removes it, in the folders in which git tracks files and in those right below them.
 * @param root of the worktree @param links inputs in it, relative to it: never touched
 * @returns what was removed, relative to the root
 */
export async function removePlanted(
  root: string,
  ground: Omit<ShadowQuestion, 'path'>,
  links: ReadonlySet<string>,
): Promise<string[]> {
  const removed: string[] = [];
  const shadows = (path: string) => shadowFault({ ...ground, path }) !== null;
  const folders = foldersOf(ground.tracked);
  for (const folder of folders) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git' || ground.tracked.has(path) || folders.has(path) || links.has(path)) continue;
      const planted = entry.isDirectory()
        ? importFolder.test(entry.name) ||
          packageFiles.some((name) => existsSync(join(root, path, name)) && shadows(`${path}/${name}`))
        : !weights.test(entry.name) && shadows(path);
      if (!planted) continue;
      await removeStubborn(join(root, path));
      removed.push(path);
    }
  }
  return removed;
}

function foldersOf(tracked: ReadonlySet<string>): Set<string> {
  const folders = new Set(['']);
  for (const path of tracked)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  return folders;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Taken away by the trial: what it held is missed by those who look for it.
    return [];
  }
}
