import { realpath, stat } from 'node:fs/promises';
import { UserError } from '../protocol/failure.ts';
import { Git } from './git.ts';
import { GitExit, lastLine } from './git-failure.ts';

/** Oldest git that has what is used here (`rev-parse --path-format` is the youngest of it). */
const oldestGit = [2, 31] as const;

/** Where a project lies in git. All paths are absolute and real (no symlinks). */
export interface Repository {
  /** The project's folder. */
  project: string;
  /** Root of the user's checkout. */
  root: string;
  /** The project's place below the root: empty, or `sub/folder/`. */
  prefix: string;
  /** What all worktrees of the repository share: objects, refs, config. */
  commonDir: string;
  shallow: boolean;
  gitVersion: string;
}

/**
 * Finds the repository that a folder lies in.
 * @throws UserError: no such folder; git missing or older than 2.31; not a repository, a bare one, or inside `.git`.
 */
export async function findRepository(dir: string): Promise<Repository> {
  const found = await stat(dir).catch(() => null);
  if (!found?.isDirectory()) throw new UserError(`There is no folder ${dir}.`);
  const project = await realpath(dir);
  const git = new Git({ cwd: project });
  const gitVersion = await checkedVersion(git);
  const facts = await revParse(git, project, [
    '--is-inside-work-tree',
    '--is-bare-repository',
    '--is-shallow-repository',
  ]);
  const [inside, bare, shallow] = facts.split('\n');
  if (inside !== 'true')
    throw new UserError(
      bare === 'true'
        ? `${project} is a bare repository: it has no files to work on. Clone it, and run pawl in the clone.`
        : `${project} is inside a .git folder. Run pawl in the project itself.`,
    );
  // One call each: a path may hold a line break.
  const [root, commonDir, prefix] = await Promise.all([
    revParse(git, project, ['--path-format=absolute', '--show-toplevel']),
    revParse(git, project, ['--path-format=absolute', '--git-common-dir']),
    revParse(git, project, ['--show-prefix']),
  ]);
  return {
    project,
    root: await realpath(root),
    commonDir: await realpath(commonDir),
    prefix,
    shallow: shallow === 'true',
    gitVersion,
  };
}

async function revParse(git: Git, project: string, options: string[]): Promise<string> {
  try {
    return (await git.text(['rev-parse', ...options])).replace(/\n$/, '');
  } catch (error) {
    if (!(error instanceof GitExit)) throw error;
    if (/not a git repository/i.test(error.stderr))
      throw new UserError(
        `${project} is not in a git repository. pawl keeps every experiment as a commit. Make one first: ` +
          'git init && git add . && git commit -m "Start"',
      );
    throw new UserError(`git cannot read the repository of ${project}: ${lastLine(error.stderr)}`, 3);
  }
}

async function checkedVersion(git: Git): Promise<string> {
  const said = await git.text(['version']);
  const match = /(\d+)\.(\d+)[\w.]*/.exec(said);
  const major = Number(match?.[1] ?? 0);
  const minor = Number(match?.[2] ?? 0);
  if (major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]))
    throw new UserError(
      `git ${match?.[0] ?? said.trim()} is too old; pawl needs ${oldestGit.join('.')} or newer.`,
      3,
    );
  return match?.[0] ?? said.trim();
}

/** What a commit holds at one path. */
export interface TreeFile {
  /** `100644`, `100755`, `120000` (symlink) or `160000` (submodule). */
  mode: string;
  oid: string;
  /** Bytes; null for a submodule. */
  size: number | null;
}

/** Every file of a commit or tree, by its path from the repository's root. */
export async function listTree(git: Git, sha: string): Promise<Map<string, TreeFile>> {
  const out = await git.text(['ls-tree', '-r', '-z', '-l', '--full-tree', sha]);
  const files = new Map<string, TreeFile>();
  for (const record of out.split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record);
    if (match)
      files.set(match[4]!, {
        mode: match[1]!,
        oid: match[2]!,
        size: match[3] === '-' ? null : Number(match[3]),
      });
  }
  return files;
}

/** Contents of blobs, in the order asked. @throws GitExit when one is missing. */
export async function readBlobs(git: Git, oids: readonly string[]): Promise<Buffer[]> {
  if (oids.length === 0) return [];
  const out = await git.bytes(['cat-file', '--batch'], { input: `${oids.join('\n')}\n` });
  const blobs: Buffer[] = [];
  let at = 0;
  for (const oid of oids) {
    const end = out.indexOf(10, at);
    const head = out.toString('utf8', at, end);
    const size = Number(/^\S+ blob (\d+)$/.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(size))
      throw new GitExit(['cat-file', '--batch'], 128, `fatal: cannot read ${oid}: ${head}`);
    blobs.push(out.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return blobs;
}

/** The text of a file, or null when it is not UTF-8 text. */
export function textOf(blob: Buffer): string | null {
  if (blob.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(blob);
  } catch {
    return null;
  }
}
