import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { simpleGit } from 'simple-git';
import { EnvironmentFailure, UserError } from '../protocol/failure.ts';
import { environmentFailureOf, GitExit, isPassing, lastLine } from './git-failure.ts';

export interface GitPlace {
  /** Folder that git runs in; pathspecs are relative to it. */
  cwd: string;
  /**
   * The worktree's own git folder. Given, git never reads `<cwd>/.git`, which a trial could have pointed elsewhere
   * (to a repository whose config runs programs).
   */
  gitDir?: string;
  /** `user.name=...` and `user.email=...`, only where the user has none. */
  identity?: readonly string[];
}

export interface GitCall {
  input?: string;
  /** Another index file than the place's own. */
  index?: string;
  /** True for what must survive a power cut: objects and refs. The worktree and its index can be made again. */
  durable?: boolean;
  /** ms without a word from git before it is given up. */
  silenceMs?: number;
}

// What a user's or repository's config must not change about our commands. Hooks, fsmonitor and maintenance would run
// programs; the rest would make git trust stale file data, leave files out, or write the repository's config.
const fixedConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  // A replacement ref would show other contents for a commit than it has.
  'core.useReplaceRefs=false',
  'core.trustctime=true',
  'core.checkStat=default',
  'core.ignoreStat=false',
  'core.sparseCheckout=false',
  'core.splitIndex=false',
  'core.quotePath=false',
  'core.safecrlf=false',
  // git itself waits this long (ms) for another git process; simple locks have no such wait and are tried again below.
  'core.filesRefLockTimeout=300',
  'core.packedRefsTimeout=1000',
  'commit.gpgSign=false',
  'i18n.commitEncoding=UTF-8',
  'gc.auto=0',
  'maintenance.auto=false',
  'worktree.useRelativePaths=false',
  'advice.detachedHead=false',
];

// A list of what may pass, not of what may not: simple-git rejects a call whose environment has a guarded name in it.
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TZ|XDG_\w+|LD_LIBRARY_PATH|SYSTEMROOT|USERPROFILE|APPDATA)$/;
const allowed = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_LFS_SKIP_SMUDGE', 'GIT_NO_LAZY_FETCH'];

/** ms between tries while another git process is in the way; about 1.3 s in all. */
const backoffMs = [10, 20, 40, 80, 160, 320, 640];

/**
 * git in one folder. The only place that knows simple-git. Calls are not serialised here: who changes a worktree queues.
 * Measured facts it rests on: simple-git 4 takes a non-zero exit without stderr for success, so the exit code is
 * caught in its `errors` plugin; and it waits 50 ms more for a child that said nothing (see `spoken`).
 */
export class Git {
  readonly place: GitPlace;

  constructor(place: GitPlace) {
    this.place = place;
  }

  /**
   * Standard output as text.
   * @throws GitExit for any non-zero exit; EnvironmentFailure (disk full, lock held, no answer); UserError without git.
   */
  async text(args: readonly string[], call: GitCall = {}): Promise<string> {
    return (await this.bytes(args, call)).toString('utf8');
  }

  /** As `text`, for output that is not text. */
  async bytes(args: readonly string[], call: GitCall = {}): Promise<Buffer> {
    for (const wait of backoffMs) {
      try {
        return await this.#once(args, call);
      } catch (error) {
        if (!isPassing(error)) throw environmentFailureOf(error) ?? error;
        await delay(wait);
      }
    }
    try {
      return await this.#once(args, call);
    } catch (error) {
      throw environmentFailureOf(error) ?? error;
    }
  }

  /** As `text`, or null when git says no. Environment failures still throw. */
  async maybe(args: readonly string[], call: GitCall = {}): Promise<string | null> {
    try {
      return await this.text(args, call);
    } catch (error) {
      if (error instanceof GitExit) return null;
      throw error;
    }
  }

  async #once(args: readonly string[], call: GitCall): Promise<Buffer> {
    const { cwd, identity } = this.place;
    if (!existsSync(cwd))
      throw new EnvironmentFailure(
        `The folder ${cwd} is gone`,
        'Put it back, or stop the run and resume it.',
        15_000,
        { kind: 'repository' },
      );
    const chunks: Buffer[] = [];
    let failure: GitExit | null = null;
    const git = simpleGit({
      baseDir: cwd,
      config: this.#config(call.durable === true, identity),
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
      allowEnvironment: allowed,
      timeout: { block: call.silenceMs ?? 120_000 },
      input: () => call.input,
      errors: (error, result) => {
        if (result.exitCode === 0) return error;
        failure = new GitExit(args, result.exitCode, Buffer.concat(result.stdErr).toString('utf8'));
        return failure;
      },
    });
    git.env(this.#environment(call.index)).outputHandler((_command, stdout) => spoken(stdout, chunks));
    try {
      await git.raw([...args]);
    } catch (error) {
      throw understood(failure ?? error, args);
    }
    return Buffer.concat(chunks);
  }

  /**
   * A git that stays open, for GitSession, with the same config and environment; durable. Plain child_process, because
   * simple-git hands out a process's output only when it is over.
   */
  start(args: readonly string[]): ChildProcess {
    const config = this.#config(true, this.place.identity).flatMap((setting) => ['-c', setting]);
    return spawn('git', [...config, ...args], {
      cwd: this.place.cwd,
      env: this.#environment(undefined),
      stdio: 'pipe',
    });
  }

  #config(durable: boolean, identity: readonly string[] = []): string[] {
    return [...fixedConfig, `core.fsync=${durable ? 'committed,reference' : 'none'}`, ...identity];
  }

  #environment(index: string | undefined): Record<string, string> {
    const env: Record<string, string> = {
      LC_ALL: 'C',
      // A worktree must not fetch: large files that are here are used, the others stay pointers.
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_NO_LAZY_FETCH: '1',
    };
    for (const [name, value] of Object.entries(process.env))
      if (value !== undefined && passedOn.test(name)) env[name] = value;
    if (this.place.gitDir !== undefined) {
      env.GIT_DIR = this.place.gitDir;
      env.GIT_WORK_TREE = this.place.cwd;
    }
    if (index !== undefined) env.GIT_INDEX_FILE = index;
    return env;
  }
}

/**
 * Collects stdout, and ends it with an empty chunk: simple-git waits 50 ms more for a child that printed nothing, and an
 * empty chunk counts as having spoken (measured: update-ref 53 ms to 3 ms). Only speed rests on this.
 */
function spoken(stdout: NodeJS.ReadableStream, chunks: Buffer[]): void {
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
}

function understood(error: unknown, args: readonly string[]): unknown {
  const said = error instanceof GitExit ? error.stderr : String((error as Error).message);
  if (/spawn \S*git\S* ENOENT/.test(said))
    return new UserError('git is not installed, or not on the PATH. Install git 2.31 or newer.', 3);
  if (/detected dubious ownership/.test(said)) {
    const fix = /git config --global --add safe\.directory .*/.exec(said)?.[0];
    return new UserError(
      `git does not trust this repository, because another user owns it. If you trust it: ${fix ?? lastLine(said)}`,
      3,
    );
  }
  if (/block timeout reached/.test(said))
    return new EnvironmentFailure(
      `git ${args[0]} has not answered for too long`,
      'Is the disk or network mount that holds the repository busy or gone?',
      15_000,
      { kind: 'repository' },
    );
  return error;
}
