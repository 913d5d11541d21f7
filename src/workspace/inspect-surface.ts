import { UserError } from '../protocol/failure.ts';
import { maxFileBytes } from './edit-path.ts';
import type { Git } from './git.ts';
import type { DirtyFile } from './inspect-project.ts';
import { readBlobs, type TreeFile, textOf } from './repository.ts';
import { cleanGlob, globMatcher, isGlob, literalPart } from './surface-glob.ts';
import { surfaceTest } from './surface-test.ts';

export interface SurfaceQuestion {
  /** Runs in the project's folder. */
  git: Git;
  root: string;
  prefix: string;
  tree: ReadonlyMap<string, TreeFile>;
  dirty: readonly DirtyFile[];
  surface: readonly string[];
  link: readonly string[];
}

/**
 * The tracked files of the surface, sorted, relative to the project.
 * @throws UserError when a glob matches nothing, or a file is uncommitted, untracked, binary, too large or in a submodule.
 */
export async function inspectSurface(question: SurfaceQuestion): Promise<string[]> {
  const { git, root, prefix, tree, dirty, surface, link } = question;
  const onSurface = surfaceTest(surface, link);
  const inProject = [...tree].flatMap(([path, file]) =>
    path.startsWith(prefix) ? [{ path: path.slice(prefix.length), file }] : [],
  );
  const uncommitted = dirty.filter(
    (file) => file.path.startsWith(prefix) && onSurface(file.path.slice(prefix.length)),
  );
  if (uncommitted.length > 0) throw new UserError(uncommittedMessage(uncommitted, root));
  await refuseUntracked(git, question, onSurface);
  for (const pattern of surface.map(cleanGlob)) {
    if (pattern.startsWith('!')) continue;
    const matches = globMatcher(pattern);
    if (!inProject.some(({ path, file }) => isRegular(file) && onSurface(path) && matches(path)))
      throw new UserError(
        await noMatchMessage(
          question,
          pattern,
          inProject.map(({ path }) => path),
        ),
      );
  }
  const files = inProject.filter(({ path, file }) => isRegular(file) && onSurface(path));
  const large = files.filter(({ file }) => (file.size ?? 0) > maxFileBytes);
  if (large.length > 0)
    throw new UserError(
      `surface: ${names(large.map(({ path }) => path))} is larger than 5 MB. A proposer reads and rewrites surface files: name only source files.`,
    );
  const blobs = await readBlobs(
    git,
    files.map(({ file }) => file.oid),
  );
  const binary = files.filter((_, at) => textOf(blobs[at]!) === null).map(({ path }) => path);
  if (binary.length > 0)
    throw new UserError(`surface: ${names(binary)} is not UTF-8 text. Leave it out: "!${binary[0]}"`);
  return files.map(({ path }) => path).sort();
}

function isRegular(file: TreeFile): boolean {
  return file.mode === '100644' || file.mode === '100755';
}

function uncommittedMessage(files: readonly DirtyFile[], root: string): string {
  const unmerged = files.filter((file) => file.state === 'U');
  if (unmerged.length > 0)
    return `${names(unmerged.map((file) => file.path))} is on the surface and has a merge conflict. Finish the merge first.`;
  const paths = files.map((file) => shellQuote(file.path)).join(' ');
  const at = `git -C ${shellQuote(root)}`;
  const add = files.some((file) => file.state === 'A') ? `${at} add -- ${paths} && ` : '';
  return (
    `The surface has uncommitted changes: ${names(files.map((file) => file.path))}. A run starts from the last commit and would not see them. ` +
    `Commit them: ${add}${at} commit -m "Before pawl" -- ${paths}`
  );
}

async function refuseUntracked(
  git: Git,
  { surface, root, prefix }: SurfaceQuestion,
  onSurface: (path: string) => boolean,
): Promise<void> {
  const patterns = surface.map(cleanGlob).filter((pattern) => !pattern.startsWith('!'));
  const others = async (options: string[], of: string[]): Promise<string[]> => {
    if (of.length === 0) return [];
    const specs = of.map((pattern) => `:(glob)${pattern}`);
    const out = await git.text([
      '--no-optional-locks',
      'ls-files',
      '-z',
      '--others',
      ...options,
      '--',
      ...specs,
    ]);
    return out.split('\0').filter((path) => path !== '' && onSurface(path));
  };
  const untracked = await others(['--exclude-standard'], patterns);
  // A file that is named outright is meant, even if .gitignore hides it; a glob does not mean ignored files.
  const ignored = await others(
    ['--ignored', '--exclude-standard'],
    patterns.filter((p) => !isGlob(p)),
  );
  const found = [...untracked, ...ignored];
  if (found.length === 0) return;
  const force = ignored.length > 0 ? '-f ' : '';
  const paths = found.slice(0, 5).map((path) => shellQuote(prefix + path));
  const at = `git -C ${shellQuote(root)}`;
  throw new UserError(
    `surface: ${names(found)} is not tracked by git, so a run cannot keep changes to it. ` +
      `Commit it: ${at} add ${force}-- ${paths.join(' ')} && ${at} commit -m "Before pawl" -- ${paths.join(' ')}` +
      ` (or leave it out of the surface: "!${found[0]}")`,
  );
}

async function noMatchMessage(
  { tree, root, prefix }: SurfaceQuestion,
  pattern: string,
  paths: readonly string[],
): Promise<string> {
  const literal = prefix + literalPart(pattern);
  const module = [...tree].find(
    ([path, file]) => file.mode === '160000' && (literal === path || literal.startsWith(`${path}/`)),
  );
  if (module)
    return `surface: ${pattern} is inside the submodule ${module[0]}, which has its own history. Run pawl in the submodule itself.`;
  const link = tree.get(prefix + pattern);
  if (link?.mode === '120000')
    return `surface: ${pattern} is a symbolic link. Name the file that it points to.`;
  const near = nearest(pattern, paths);
  const where = prefix === '' ? root : `${root} (project folder ${prefix})`;
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  return `surface: ${pattern} matches no tracked file in ${where}.${hint}`;
}

/** Up to three paths that look like the pattern: same file name elsewhere first, then few typos away. */
function nearest(pattern: string, paths: readonly string[]): string[] {
  const name = pattern.split('/').at(-1)!;
  const scored = paths.map((path) => {
    const base = path.split('/').at(-1)!;
    const cost = base === name ? 0.5 : Math.min(distance(path, pattern), distance(base, name) + 1);
    const extension = /\.\w+$/.exec(name)?.[0];
    const kin =
      isGlob(name) && extension !== undefined && base.endsWith(extension) ? 1 : Number.POSITIVE_INFINITY;
    return { path, cost: Math.min(cost, kin) };
  });
  return scored
    .filter(({ cost }) => cost <= Math.max(2, name.length / 3))
    .sort((a, b) => a.cost - b.cost || a.path.length - b.path.length)
    .slice(0, 3)
    .map(({ path }) => path);
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(', ');
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}

/** A path as a shell takes it, for commands that a message offers. */
export function shellQuote(text: string): string {
  return /^[\w./@%+=:,][\w./@%+=:,-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
