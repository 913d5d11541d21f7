import { lstat, mkdir, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { liesAmongSecrets } from '../protocol/own-text.ts';
import { posixPathFault } from './edit-path.ts';
import type { TreeFile } from './repository.ts';

/** An untracked input that is made visible in the worktree. */
export interface Link {
  /** Posix, relative to the worktree's root. */
  path: string;
  /** Absolute, in the user's checkout. */
  target: string;
}

/**
 * Checks the `link:` entries (relative to the project) against the disk and the base commit.
 * @throws UserError: exit 2 for an entry that cannot be a link, exit 3 for an input that is missing.
 */
export async function planLinks(
  entries: readonly string[],
  project: string,
  prefix: string,
  tree: ReadonlyMap<string, TreeFile>,
): Promise<Link[]> {
  const links: Link[] = [];
  for (const entry of entries) {
    const clean = entry.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
    const fault = posixPathFault(clean);
    if (fault !== null)
      throw new UserError(
        `link: ${JSON.stringify(entry)} must name a file or folder inside the project (it ${fault}).`,
      );
    const path = prefix + clean;
    const target = join(project, clean);
    if (tree.has(path) || [...tree.keys()].some((tracked) => tracked.startsWith(`${path}/`)))
      throw new UserError(
        `link: ${entry} is tracked by git, so the worktree has its own copy already. Remove it from link.`,
      );
    const parts = path.split('/');
    const blocked = parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'));
    const file = blocked.find((parent) => tree.has(parent));
    if (file !== undefined)
      throw new UserError(`link: ${entry} lies below ${file}, which git tracks as a file.`);
    const found = await stat(target).catch(() => null);
    if (!found)
      throw new UserError(
        `link: ${entry} does not exist (${target}). Put the input there, or remove it from link.`,
        3,
      );
    // What is linked is shown to trials, wherever it lies.
    if (liesAmongSecrets(await realpath(project), await realpath(target)))
      throw new UserError(
        `link: ${entry} is a place of secrets, which trials must not read. Copy what they need to another folder.`,
      );
    if (links.some((other) => path.startsWith(`${other.path}/`) || other.path.startsWith(`${path}/`)))
      throw new UserError(`link: ${entry} and another entry lie inside one another. Keep the outer one.`);
    if (!links.some((other) => other.path === path)) links.push({ path, target });
  }
  return links;
}

/** Makes every link that is missing or is no longer what it was. Resolves to the paths that had to be mended. */
export async function restoreLinks(root: string, links: readonly Link[]): Promise<string[]> {
  const mended: string[] = [];
  for (const { path, target } of links) {
    const place = join(root, path);
    const found = await lstat(place).catch(() => null);
    if (found?.isSymbolicLink() && (await readlink(place)) === target) continue;
    if (found) await rm(place, { recursive: true, force: true });
    await mkdir(dirname(place), { recursive: true });
    await symlink(target, place);
    mended.push(path);
  }
  return mended;
}
