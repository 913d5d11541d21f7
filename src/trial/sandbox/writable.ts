// What of the worktree a trial may write to. Every tracked file is read-only, the surface too: it was edited before.
// The working folder and each folder that holds a surface file are writable, because that is where ordinary trainers
// leave models, checkpoints and caches; each tracked file in them is pinned by a mount, which can be neither renamed nor
// removed. A folder with nothing but locked files is read-only whole, so that no module or compiled file can be slipped
// in beside an evaluator.

export interface WorktreePlace {
  /** Posix, relative to the worktree; empty for its root. */
  path: string;
  writable: boolean;
}

export interface WorktreePlaces {
  /** In the order in which they are laid over one another. */
  places: WorktreePlace[];
  /** Tracked files and folders beyond `mostPins`: writable, and only looked at after the trial. */
  unpinned: number;
}

/** Each pin is a mount, and bubblewrap reads the whole mount table for each: 500 of them took 0.5 to 0.8 s on two cores. */
export const mostPins = 250;

/** Files that only keep an otherwise empty folder in git: such a folder is there to be written to. */
const placeholder = /^(\.gitkeep|\.gitignore|\.keep|\.placeholder|README(\.\w+)?)$/i;

/**
 * Lays out the worktree. Pins on folders go before pins on files: moving a folder away and back is the one thing that
 * the look at the files afterwards would not notice.
 * @param tracked files of the commit, posix, relative to the worktree; no symbolic links
 * @param cwd folder of the worktree that the command runs in; empty for its root
 * @param surface those of `tracked` that an experiment may change
 */
export function worktreePlaces(
  tracked: readonly string[],
  cwd: string,
  surface: readonly string[] = [],
): WorktreePlaces {
  const inside = cwd === '' ? '' : `${cwd}/`;
  const own = tracked.filter((path) => path.startsWith(inside));
  const open = new Set([cwd, ...placeholderFolders(own, inside)]);
  for (const path of surface) if (path.startsWith(inside)) open.add(parentOf(path));
  const folders = new Map<string, boolean>();
  const files: string[] = [];
  for (const path of own) {
    for (const folder of foldersOf(path, inside)) {
      // Below a read-only folder nothing needs a mount but what is writable again.
      if (open.has(folder) || open.has(parentOf(folder))) folders.set(folder, open.has(folder));
    }
    if (open.has(parentOf(path))) files.push(path);
  }
  const laid = [...folders].map(([path, writable]) => ({ path, writable }));
  const all = [...laid, ...files.map((path) => ({ path, writable: false }))];
  return {
    places: [
      ...(cwd === '' ? [] : [{ path: '', writable: false }]),
      { path: cwd, writable: true },
      ...all.slice(0, mostPins),
    ],
    unpinned: Math.max(0, all.length - mostPins),
  };
}

/** Folders with only placeholders in them, or below them. */
function placeholderFolders(tracked: readonly string[], inside: string): string[] {
  const real = new Set<string>();
  const kept = new Set<string>();
  for (const path of tracked) {
    const folders = foldersOf(path, inside);
    if (!placeholder.test(path.slice(path.lastIndexOf('/') + 1))) for (const f of folders) real.add(f);
    else if (folders.length > 0) kept.add(folders.at(-1)!);
  }
  return [...kept].filter((folder) => !real.has(folder));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `a/b/c.py` below `` gives `a`, `a/b`. */
function foldersOf(path: string, inside: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/', inside.length); at >= 0; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at));
  return folders;
}
