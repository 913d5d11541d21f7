import type { CurvePoint, EventBody, ProcessId } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Grounds } from './sandbox/plan.ts';

export interface TrialSpec {
  n: number;
  k: number;
  /** Folder to run in (inside the worktree). */
  cwd: string;
  command: string;
  /** Run after the command, when nothing of it is left; only what it prints is the metric. Null or missing: none. */
  evaluate?: string | null;
  /** Called when nothing of the command is left, before `evaluate` is started; what it returns is told in the log. */
  beforeEvaluation?(): Promise<string[]>;
  settings: Pick<
    Settings,
    'budgetMs' | 'timeoutMs' | 'metric' | 'progress' | 'maxOutputBytes' | 'contaminatedAfterMs'
  >;
  /** Whole log of the trial, created by the runner. */
  logPath: string;
  /** Where caches of compilers and libraries go; survives trials. */
  cacheDir: string;
  /** PAWL_OUT_DIR: the place for checkpoints and other outputs, outside the worktree. */
  outDir: string;
  /** Value of PAWL_RUN_ID, found again in /proc/<pid>/environ by the sweep. */
  cookie: string;
  seed: number;
  /** Only to see whether it crashes: PAWL_SMOKE=1. */
  smoke?: boolean;
  /** What the sandbox has to know of the worktree; null: it is only `cwd`, with nothing locked. */
  grounds?: Grounds | null;
}

/** Live news of a trial; called at most about ten times a second each. */
export interface TrialWatcher {
  log(lines: string[], live: string | null, dropped: number): void;
  /** @param of what the values are, as the script calls it */
  curve(points: CurvePoint[], of: string | null): void;
  /** The live curve is NaN or infinite, and not for one value only; told once. @param step of the first one */
  broken?(step: number | null): void;
  /** Resident memory of the whole process tree, MiB. */
  memory(rssMiB: number): void;
}

export type TrialResult = Omit<EventBody<'trial.ended'>, 'type' | 'n' | 'k' | 'role'>;

export interface RunningTrial {
  readonly process: ProcessId;
  /** Starts the INT, TERM, KILL ladder at once; the result's outcome is `stopped` with this reason. */
  stop(why: string): void;
  /** Share of its time that it has waited for a core so far, 0..1; null (or missing) when nobody can say. */
  waited?(): number | null;
  /** Resolves when no process of the trial is left. Never rejects for what the command did. */
  readonly result: Promise<TrialResult>;
}

/** Where a trial runs. Local is the first; nothing else may know. */
export interface TrialRunner {
  /** @throws EnvironmentFailure when it cannot be started (no shell, no disk). */
  start(spec: TrialSpec, watcher: TrialWatcher): Promise<RunningTrial>;
  /** Kills what an earlier engine left behind: the recorded group, then every process with the cookie. Resolves to how many. */
  sweep(cookie: string, recorded: ProcessId | null): Promise<number>;
}
