import { existsSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';

// A command that works in the user's checkout may not find its program or data where trials run: in a worktree, which has
// only what git tracks, in a sandbox with a /tmp of its own. The shell only says `not found`; what to write instead is said
// here.

export interface MissingQuestion {
  command: string;
  /** The shell found no such program (exit 127). */
  notFound: boolean;
  /** The line of the log that says what went wrong. */
  errorLine: string | null;
  /** Folder of the worktree that the command ran in. */
  cwd: string;
  /** The project's folder in the user's checkout; null where that is not known. */
  project: string | null;
  /** The sandbox gave it an empty /tmp. */
  ownTmp: boolean;
}

const speaksOfAbsence = /no such file|not found|ENOENT|cannot (?:open|find)|can't open|does not exist/i;

/** What to write instead; null where nothing that is missing there is found here. */
export function missingHint(question: MissingQuestion): string | null {
  const { command, notFound, errorLine, project } = question;
  const absent = errorLine !== null && speaksOfAbsence.test(errorLine);
  if (project === null || (!notFound && !absent)) return null;
  // The command is the user's: its paths may lead anywhere. What a script prints is only looked for in the project.
  for (const path of pathsIn(command)) {
    const hint = outside(path, question) ?? unlinked(path, question.cwd, project);
    if (hint) return hint;
  }
  for (const path of absent ? pathsIn(errorLine) : []) {
    const hint = unlinked(path, question.cwd, project);
    if (hint) return hint;
  }
  return null;
}

/** Words that name a path: with a slash in it, or in quotes. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/['"`]([^'"`\s]{1,300})['"`]/g)].map((m) => m[1]!);
  const plain = text.split(/[\s;&|()<>'"`=:,]+/).filter((word) => word.includes('/') && word.length <= 300);
  return [...new Set([...quoted, ...plain])];
}

function outside(path: string, { cwd, project, ownTmp }: MissingQuestion): string | null {
  if (path.startsWith('/')) {
    return ownTmp && /^\/tmp\//.test(path) && existsSync(path)
      ? `${path} is in /tmp, and the sandbox has an empty /tmp of its own: keep it in another folder`
      : null;
  }
  const meant = resolve(project!, path);
  if (!normalize(path).startsWith('../') || !existsSync(meant) || existsSync(resolve(cwd, path))) return null;
  const tmp =
    ownTmp && meant.startsWith('/tmp/') ? '; not in /tmp, though: the sandbox has one of its own' : '';
  return `trials run in a worktree of their own, where ${path} leads elsewhere: write ${meant}${tmp}`;
}

/** In the checkout, but not in the worktree: git does not track it, and nothing links it. */
function unlinked(path: string, cwd: string, project: string): string | null {
  const inside = normalize(path);
  if (inside.startsWith('/') || inside.startsWith('..') || inside === '.') return null;
  if (!existsSync(join(project, inside)) || existsSync(join(cwd, inside))) return null;
  const parts = inside.split('/').filter(Boolean);
  const depth = parts.findIndex((_, i) => !existsSync(join(cwd, ...parts.slice(0, i + 1))));
  const entry = parts.slice(0, depth + 1).join('/');
  return `${inside} is in your checkout but not in git, so trials do not have it: add it to pawl.yaml, link: [${entry}]`;
}
