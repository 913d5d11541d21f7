import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../protocol/failure.ts';

/** Where a run keeps its things: `.pawl/runs/<tag>/`. All paths absolute. */
export interface RunPaths {
  dir: string;
  journal: string;
  results: string;
  config: string;
  /** pawl.yaml as the engine of now has read it. */
  configNow: string;
  engineLog: string;
  worktree: string;
  /** Where a trial's compilers keep what they made. */
  cache: string;
  /** What trusted trials left there. */
  cacheBase: string;
  /** Stays empty: what a sandboxed trial sees in place of what it may not see. */
  empty: string;
  /** Holds the socket's real path: a socket may have 107 bytes only, a project's path has no limit. */
  socketNote: string;
  experiment(n: number): ExperimentPaths;
}

export interface ExperimentPaths {
  dir: string;
  prompt: string;
  reply: string;
  diff: string;
  /** Copies of the proposed files while they wait for the user's yes. */
  edit: string;
  metrics: string;
  /** What the smoke run of one attempt printed. */
  smokeLog(attempt: number): string;
  /** PAWL_OUT_DIR of one trial. */
  out(k: number): string;
  log(k: number): string;
}

/** The project's own folder, `.pawl`, holding all runs and the lock. */
export const pawlDir = (projectDir: string): string => join(projectDir, '.pawl');

/** Where the files of a run are. */
export function runPaths(projectDir: string, tag: string): RunPaths {
  const dir = join(pawlDir(projectDir), 'runs', tag);
  return {
    dir,
    journal: join(dir, 'journal.jsonl'),
    results: join(dir, 'results.tsv'),
    config: join(dir, 'config.yaml'),
    configNow: join(dir, 'config-now.yaml'),
    engineLog: join(dir, 'engine.log'),
    worktree: join(dir, 'worktree'),
    cache: join(dir, 'cache'),
    cacheBase: join(dir, 'cache-base'),
    empty: join(dir, 'empty'),
    socketNote: join(dir, 'engine.sock'),
    experiment: (n) => experimentPaths(dir, n),
  };
}

/** The project that a run's folder belongs to. */
export const projectOfRun = (runDir: string): string => join(runDir, '..', '..', '..');

/** Files of one experiment inside a run's folder. */
export function experimentPaths(runDir: string, n: number): ExperimentPaths {
  const dir = join(runDir, 'experiments', String(n));
  return {
    dir,
    prompt: join(dir, 'prompt.md'),
    reply: join(dir, 'reply.md'),
    diff: join(dir, 'edit.diff'),
    edit: join(dir, 'edit'),
    smokeLog: (attempt) => join(dir, `smoke-${attempt}.log`),
    metrics: join(dir, 'metrics.json'),
    out: (k) => join(dir, `out-${k}`),
    log: (k) => join(dir, `trial-${k}.log`),
  };
}

/**
 * A short socket path in the user's own runtime folder (0700).
 * @throws UserError when that folder belongs to somebody else: then another user could listen in our place.
 */
export function socketPath(runDir: string): string {
  const uid = userInfo().uid;
  const base = process.env.XDG_RUNTIME_DIR || join(tmpdir(), `pawl-${uid}`);
  const dir = process.env.XDG_RUNTIME_DIR ? join(base, 'pawl') : base;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const stat = statSync(dir);
    if (uid >= 0 && (stat.uid !== uid || (stat.mode & 0o077) !== 0)) {
      throw new UserError(`${dir} is not a folder of yours alone. Run: chmod 700 ${dir}  (or remove it)`, 3);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Cannot make the socket folder ${dir}: ${(error as Error).message}`, 3);
  }
  const path = join(dir, `${createHash('sha256').update(runDir).digest('hex').slice(0, 16)}.sock`);
  if (Buffer.byteLength(path) > 107) {
    throw new UserError(
      `The socket path ${path} is too long for a unix socket. Set XDG_RUNTIME_DIR to a shorter folder.`,
      3,
    );
  }
  return path;
}
