import { EnvironmentFailure } from '../protocol/failure.ts';

/** git ran and said no. `stderr` is git's own words in English (LC_ALL=C). */
export class GitExit extends Error {
  override name = 'GitExit';
  readonly code: number;
  readonly stderr: string;

  constructor(args: readonly string[], code: number, stderr: string) {
    super(`git ${args.join(' ')}: exit ${code}: ${stderr.trim() || 'no message'}`);
    this.code = code;
    this.stderr = stderr;
  }
}

interface Cause {
  pattern: RegExp;
  codes: string[];
  message: string;
  next: string;
}

// Two voices say the same thing: git in words (strerror), Node in codes.
const causes: Cause[] = [
  {
    pattern: /\.lock': File exists/,
    codes: [],
    message: 'Another git holds a lock in this repository',
    next: 'Wait for it to end; if no git is running, delete the lock file that is named. pawl goes on by itself.',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    codes: ['ENOSPC', 'EDQUOT'],
    message: 'The disk is full',
    next: 'Free some space where the project lies; pawl goes on by itself.',
  },
  {
    pattern: /Read-only file system/i,
    codes: ['EROFS'],
    message: 'The file system became read-only',
    next: 'Look at `dmesg` and mount it writable again; pawl goes on by itself.',
  },
  {
    pattern: /Input\/output error|Stale file handle/i,
    codes: ['EIO', 'ESTALE'],
    message: 'The disk answers with errors',
    next: 'Look at `dmesg`; this disk may be failing or a network mount be gone.',
  },
  {
    pattern: /Cannot allocate memory|Out of memory|Resource temporarily unavailable|Too many open files/i,
    codes: ['ENOMEM', 'EAGAIN', 'EMFILE', 'ENFILE'],
    message: 'The machine is out of memory, processes or open files',
    next: 'Close what uses them; pawl goes on by itself.',
  },
  {
    pattern: /Permission denied|insufficient permission|Operation not permitted/i,
    codes: ['EACCES', 'EPERM'],
    message: 'Permission denied',
    next: 'Give yourself write access to the project, its .git and its .pawl folder; pawl goes on by itself.',
  },
];

/**
 * The environment failure behind an error of git (by its stderr) or of Node's fs (by its code), or null
 * when the error means something else.
 */
export function environmentFailureOf(error: unknown): EnvironmentFailure | null {
  if (error instanceof EnvironmentFailure) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const cause = causes.find((known) =>
    error instanceof GitExit ? known.pattern.test(error.stderr) : known.codes.includes(String(code)),
  );
  if (!cause) return null;
  const detail = error instanceof GitExit ? lastLine(error.stderr) : (error as Error).message;
  return new EnvironmentFailure(`${cause.message}: ${detail}`, cause.next, 15_000, {
    cause: error,
    kind: cause.codes.includes('ENOSPC') ? 'disk' : 'machine',
  });
}

/**
 * True when another git process was in the way for a moment, so that another try makes sense: it holds a lock, or
 * (gc, pack-refs) removed an empty folder just when a file was to go there.
 */
export function isPassing(error: unknown): error is GitExit {
  return (
    error instanceof GitExit &&
    /\.lock': (File exists|No such file or directory)|unable to create temporary file: No such file/.test(
      error.stderr,
    )
  );
}

/** The line of git's stderr that says what is wrong, without its `fatal:`. */
export function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /^(fatal|error):/.test(text)) ?? lines.at(-1) ?? 'no message';
  return line.replace(/^(fatal|error):\s*/, '').trim();
}

/** Does what git and the disk are needed for. What they could not do is the environment's failure; bugs and refusals
 * stay what they are. */
export async function asEnvironment<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const failure = environmentFailureOf(error);
    if (failure) throw failure;
    if (error instanceof GitExit)
      throw new EnvironmentFailure(
        `git failed in the run's worktree: ${lastLine(error.stderr)}`,
        'Run git fsck in the project; pawl tries again by itself.',
        15_000,
        { cause: error, kind: 'repository' },
      );
    throw error;
  }
}
