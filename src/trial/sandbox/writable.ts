// What of the worktree a trial may write to. Every tracked file is read-only, the surface too: it was edited before. A
// folder with tracked files is read-only whole, so that nothing in it can be renamed away and put back, and no module
// or compiled file can be slipped in beside an evaluator. The working folder itself stays writable for logs,
// checkpoints and new folders, with each tracked file in it pinned.

export interface WorktreePlace {
  /** Posix, relative to the worktree; empty for its root. */
  path: string;
  writable: boolean;
}

/** Files that only keep an otherwise empty folder in git: such a folder is there to be written to. */
const placeholder = /^(\.gitkeep|\.gitignore|\.keep|\.placeholder|README(\.\w+)?)$/i;

/**
 * Places in the order in which they are laid over one another.
 * @param tracked files of the commit, posix, relative to the worktree; no symbolic links
 * @param cwd folder of the worktree that the command runs in; empty for its root
 */
export function worktreePlaces(tracked: readonly string[], cwd: string): WorktreePlace[] {
  const inside = cwd === '' ? '' : `${cwd}/`;
  const places: WorktreePlace[] = [];
  if (cwd !== '') places.push({ path: '', writable: false });
  places.push({ path: cwd, writable: true });
  const pinned = new Set<string>();
  const real = new Set<string>();
  const kept = new Map<string, string>();
  for (const path of tracked) {
    if (!path.startsWith(inside)) continue;
    const rest = path.slice(inside.length);
    const slash = rest.indexOf('/');
    pinned.add(inside + (slash < 0 ? rest : rest.slice(0, slash)));
    const folders = foldersOf(path, inside);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (placeholder.test(name)) {
      if (folders.length > 0) kept.set(path, folders.at(-1)!);
    } else for (const folder of folders) real.add(folder);
  }
  for (const path of pinned) places.push({ path, writable: false });
  // Only placeholders in it, or below it.
  for (const [file, folder] of kept) {
    if (real.has(folder)) continue;
    places.push({ path: folder, writable: true }, { path: file, writable: false });
  }
  return places;
}

/** `a/b/c.py` below `` gives `a`, `a/b`. */
function foldersOf(path: string, inside: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/', inside.length); at >= 0; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at));
  return folders;
}
