import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { Git } from './git.ts';
import { inspectSurface, shellQuote } from './inspect-surface.ts';
import { findRepository, listTree, type Repository, type TreeFile } from './repository.ts';

export interface Inspection extends Repository {
  /** Commit that a run would start from. */
  head: string;
  /** The branch checked out, or null when HEAD is detached. */
  branch: string | null;
  /** Tracked files that proposals may change, posix, relative to the project. */
  surface: string[];
  /** What works, but the user should know: one sentence each. */
  warnings: string[];
}

/** A file with uncommitted changes: `D` deleted, `A` added, `M` changed, `U` unmerged. */
export interface DirtyFile {
  path: string;
  state: 'M' | 'A' | 'D' | 'U';
}

/**
 * Looks at a project before anything starts, and changes nothing (not even the index's file data).
 * Paths of `surface` are globs relative to the project.
 * @throws UserError (exit 2: the project or its config; exit 3: the machine) saying what to do.
 */
export async function inspectProject(
  projectDir: string,
  { surface, link = [] }: { surface: readonly string[]; link?: readonly string[] },
): Promise<Inspection> {
  const repository = await findRepository(projectDir);
  const { project, root, prefix, commonDir } = repository;
  const git = new Git({ cwd: project });
  await mustBeWritable(project, 'the project folder');
  await mustBeWritable(commonDir, 'its git folder');
  const head = (await git.maybe(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']))?.trim();
  if (!head)
    throw new UserError(
      `${root} has no commits yet, and a run starts from one. Make one: git add . && git commit -m "Start"`,
    );
  const symbolic = (await git.maybe(['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim();
  const tree = await listTree(git, head);
  const dirty = await dirtyFiles(git);
  const config = `${prefix}pawl.yaml`;
  const files = await inspectSurface({ git, root, prefix, tree, dirty, surface, link });
  return {
    ...repository,
    head,
    branch: symbolic || null,
    surface: files,
    warnings: [
      ...changeWarnings(
        dirty.filter(({ path }) => path !== config),
        root,
      ),
      ...(existsSync(join(project, 'pawl.yaml')) ? configWarnings(config, tree, dirty) : []),
      ...submoduleWarnings(tree),
      ...(await largeFileWarnings(git, tree)),
      ...(await partialWarnings(git)),
    ],
  };
}

async function mustBeWritable(path: string, what: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (error) {
    const readOnly = (error as NodeJS.ErrnoException).code === 'EROFS';
    throw new UserError(
      `pawl cannot write to ${what} ${path}${readOnly ? ' (read-only file system)' : ''}. It keeps its journal in .pawl ` +
        'and its commits in .git: copy the project to a place that you may write to.',
      3,
    );
  }
}

/** Tracked files that differ from HEAD, by path from the root. Never refreshes the user's index. */
async function dirtyFiles(git: Git): Promise<DirtyFile[]> {
  const out = await git.text([
    '--no-optional-locks',
    'status',
    '--porcelain=v2',
    '-z',
    '--untracked-files=no',
    '--no-renames',
    '--ignore-submodules=dirty',
  ]);
  const dirty: DirtyFile[] = [];
  for (const record of out.split('\0')) {
    const changed = /^1 (..) \S+ \S+ \S+ \S+ \S+ \S+ (.*)$/s.exec(record);
    const unmerged = /^u (..) \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ (.*)$/s.exec(record);
    if (unmerged) dirty.push({ path: unmerged[2]!, state: 'U' });
    else if (changed) {
      const xy = changed[1]!;
      dirty.push({ path: changed[2]!, state: xy.includes('D') ? 'D' : xy[0] === 'A' ? 'A' : 'M' });
    }
  }
  return dirty;
}

function changeWarnings(dirty: DirtyFile[], root: string): string[] {
  if (dirty.length === 0) return [];
  const some = dirty.slice(0, 5).map((file) => file.path);
  const more = dirty.length > some.length ? ` and ${dirty.length - some.length} more` : '';
  return [
    `A run starts from the last commit, so it does not see uncommitted changes: ${some.join(', ')}${more} ` +
      `(see: git -C ${shellQuote(root)} status).`,
  ];
}

/** Unlike all other files it is read as it lies there, not as it was committed. */
function configWarnings(
  config: string,
  tree: ReadonlyMap<string, TreeFile>,
  dirty: readonly DirtyFile[],
): string[] {
  const state = !tree.has(config)
    ? 'is not committed'
    : dirty.some(({ path }) => path === config)
      ? 'has uncommitted changes'
      : null;
  return state === null ? [] : [`pawl.yaml ${state}: the run takes it as it is now, and keeps a copy.`];
}

function submoduleWarnings(tree: ReadonlyMap<string, TreeFile>): string[] {
  const modules = [...tree].filter(([, file]) => file.mode === '160000').map(([path]) => path);
  if (modules.length === 0) return [];
  return [
    `Submodules are empty in the run's worktree: ${modules.join(', ')}. If the command needs one, put what it needs under another path and name that in link.`,
  ];
}

/** Git LFS: files that are not on this machine stay pointers, because a worktree must not fetch. */
async function largeFileWarnings(git: Git, tree: ReadonlyMap<string, TreeFile>): Promise<string[]> {
  // Only .gitattributes of the repository are looked at; asking for every path is slow in a big one.
  if (![...tree.keys()].some((path) => path === '.gitattributes' || path.endsWith('/.gitattributes')))
    return [];
  const input = `${[...tree.keys()].slice(0, 20_000).join('\0')}\0`;
  const out = (await git.maybe(['check-attr', '-z', '--stdin', 'filter'], { input })) ?? '';
  const fields = out.split('\0');
  const count = fields.filter((field, at) => at % 3 === 2 && field === 'lfs').length;
  if (count === 0) return [];
  return [
    `${count} files are in Git LFS. Ones that are not on this machine stay pointers: run git lfs pull first.`,
  ];
}

async function partialWarnings(git: Git): Promise<string[]> {
  const promisor = await git.maybe(['config', '--get-regexp', '^remote\\..*\\.promisor$', 'true']);
  return promisor
    ? ['This is a partial clone, and pawl never fetches: files of other commits may be missing here.']
    : [];
}
