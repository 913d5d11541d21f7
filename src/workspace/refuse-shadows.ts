import { EditRefused } from './edit-path.ts';
import type { Git } from './git.ts';
import { readBlobs, type TreeFile, textOf } from './repository.ts';
import { importedModules, shadowFault } from './shadowing.ts';

/** More locked sources than this, or larger ones, are not read for what they import. */
const mostSources = 500;
const mostSourceBytes = 512 * 1024;

/** New files of an edit, and the tree that they would join. */
export interface NewFiles {
  tree: ReadonlyMap<string, TreeFile>;
  /** Whether a path of the tree is off the surface. */
  isLocked(path: string): boolean;
  /** The project's place below the root: empty, or `sub/folder/`. */
  prefix: string;
  /** Paths in the project that are in no tree yet, without those that the surface names. */
  fresh: readonly string[];
}

/** @throws EditRefused for a new file that could change what locked code does */
export async function refuseShadows(git: Git, { tree, isLocked, prefix, fresh }: NewFiles): Promise<void> {
  if (fresh.length === 0) return;
  const sources = [...tree]
    .filter(([path, file]) => path.endsWith('.py') && isLocked(path) && (file.size ?? 0) <= mostSourceBytes)
    .slice(0, mostSources);
  const blobs = await readBlobs(
    git,
    sources.map(([, file]) => file.oid),
  );
  const imports = new Set(blobs.flatMap((blob) => importedModules(textOf(blob) ?? '')));
  const tracked = new Set(tree.keys());
  for (const path of fresh) {
    const fault = shadowFault({ path: prefix + path, tracked, isLocked, imports });
    if (fault !== null)
      throw new EditRefused('off-surface', path, `${fault}; only a surface that names it allows it`);
  }
}
