import { EditRefused } from './edit-path.ts';
import type { Git } from './git.ts';
import { readBlobs, type TreeFile, textOf } from './repository.ts';
import { importedModules, type ShadowQuestion, shadowFault } from './shadowing.ts';

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

/** Of a commit: all that has to be known to say what stands in the place of what. */
export async function shadowGround(
  git: Git,
  tree: ReadonlyMap<string, TreeFile>,
  isLocked: (path: string) => boolean,
): Promise<Omit<ShadowQuestion, 'path'>> {
  const sources = [...tree]
    .filter(([path, file]) => path.endsWith('.py') && isLocked(path) && (file.size ?? 0) <= mostSourceBytes)
    .slice(0, mostSources);
  const blobs = await readBlobs(
    git,
    sources.map(([, file]) => file.oid),
  );
  const imports = new Set(blobs.flatMap((blob) => importedModules(textOf(blob) ?? '')));
  return { tracked: new Set(tree.keys()), isLocked, imports };
}

/** @throws EditRefused for a new file that could change what locked code does */
export async function refuseShadows(git: Git, { tree, isLocked, prefix, fresh }: NewFiles): Promise<void> {
  if (fresh.length === 0) return;
  const ground = await shadowGround(git, tree, isLocked);
  for (const path of fresh) {
    const fault = shadowFault({ ...ground, path: prefix + path });
    if (fault !== null)
      throw new EditRefused('off-surface', path, `${fault}; only a surface that names it allows it`);
  }
}
