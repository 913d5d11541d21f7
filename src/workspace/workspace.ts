/** A tree that is staged but has no commit yet: what duplicate checks and the diff pane need. */
export interface Staged {
  /** Git tree id: equal trees are equal experiments. */
  tree: string;
  /** Unified diff against the parent. */
  diff: string;
  files: string[];
  added: number;
  removed: number;
}

/** Files and folders around a trial, for its sandbox. Absolute paths unless said otherwise. */
export interface WorktreeGrounds {
  worktree: string;
  /** Tracked files but no symbolic links, posix, relative to the worktree. */
  tracked: string[];
  /** Those of them that an experiment may change. */
  surface: string[];
  /** Read-only inputs outside the worktree: linked data, the repository's git folder. */
  inputs: string[];
  /** The project's folder in the user's checkout. */
  project: string;
}

/** The run's private worktree and refs. Nothing here touches the user's checkout, index, HEAD, stash or branches. */
export interface Workspace {
  /** Absolute path of the worktree root. */
  readonly dir: string;
  /** Absolute folder that the command runs in: `dir`, or the project's subfolder of it. */
  readonly cwd: string;
  /** Full name of the run's branch, `pawl/<tag>`. */
  readonly branch: string;
  /** The commit that the run started from. */
  readonly base: string;
  /** Surface files at a commit, path (relative to the project) to text. */
  surface(sha: string): Promise<Map<string, string>>;
  /** True when a path (posix, relative to the project) may be edited or created. */
  onSurface(path: string): boolean;
  /**
   * Brings the worktree to `parent`, writes files over it and stages exactly these paths.
   * @throws EditRefused when a path is off the surface, not safe to write, or its text too large; EnvironmentFailure (disk full).
   */
  stage(parent: string, files: ReadonlyMap<string, string>): Promise<Staged>;
  /** Commits the staged tree on `parent` and creates refs/pawl/<tag>/<n> (create-only). Resolves to the commit id. */
  commit(n: number, parent: string, tree: string, message: string): Promise<string>;
  /** What a sandbox has to know of the worktree while it stands at a commit. */
  grounds(sha: string): Promise<WorktreeGrounds>;
  /** Brings the worktree to a commit exactly: tracked files reset, leftovers of trials removed, links kept. */
  checkout(sha: string): Promise<void>;
  /** Tracked files (relative to the worktree) that differ from `sha` now: a trial must not have changed any. */
  changedSince(sha: string): Promise<string[]>;
  /** Locked files that were written to or replaced since, but are what they were: somebody put them back. */
  putBackSince(sha: string): Promise<string[]>;
  /**
   * Removes what a trial of `sha` left that locked code would import in the place of what it means.
   * @returns what was removed, relative to the worktree
   */
  unplant(sha: string): Promise<string[]>;
  /** Compare-and-swap of the run's branch. @throws EnvironmentFailure when somebody else moved it. */
  move(from: string, to: string): Promise<void>;
  /** The champion: the branch's tip, save that the branch stays behind while the user has it checked out. */
  tip(): Promise<string | null>;
  /** Unified diff between two commits. */
  diff(from: string, to: string): Promise<string>;
  /** Commits a few texts under refs/pawl/<tag>/<name>, on top of what is there: a history beside the code's. */
  keepTexts(name: string, texts: ReadonlyMap<string, string>, message: string): Promise<void>;
  /** The commit under refs/pawl/<tag>/<n>, or null. */
  commitOf(n: number): Promise<string | null>;
  /**
   * Packs the refs of experiments where there are at least so many files of them. What goes wrong is left for another time.
   * @returns how many were packed
   */
  packRefs(least: number): Promise<number>;
  /** Removes the worktree; branch and refs stay. */
  close(): Promise<void>;
  /** Takes back a run that never began: worktree, and branch and refs that are still at the base. */
  abandon(): Promise<void>;
}
