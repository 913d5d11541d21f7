import type { ReportWatch } from '../gpu/report-watch.ts';
import type { GpuSampler } from '../gpu/sampler.ts';
import type { Proposer } from '../propose/proposer.ts';
import type { TrialRunner } from '../trial/runner.ts';
import type { TrialCache } from '../trial/trial-cache.ts';
import type { Shelter } from '../trial/walls.ts';
import { environmentFailureOf } from '../workspace/git-failure.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Waiting } from './ahead.ts';
import type { Controls } from './controls.ts';
import type { Lease } from './lease.ts';
import type { Overlap } from './overlap.ts';
import type { RunPaths } from './paths.ts';
import type { Session } from './session.ts';
import { BusyMachine, type Surroundings } from './surroundings.ts';

/** What every step of the loop works with. */
export interface Bench {
  session: Session;
  controls: Controls;
  workspace: Workspace;
  proposer: Proposer;
  runner: TrialRunner;
  /** What goes around checks; the runner has it for trials. */
  shelter: Shelter;
  /** What trials compile. */
  cache: TrialCache;
  gpu: GpuSampler;
  paths: RunPaths;
  /** Who may use the GPU now. */
  lease: Lease;
  /** What the GPUs say, shared by all who want to know. */
  reports: ReportWatch;
  /** The machine around the trials. */
  surroundings: Surroundings;
  /** Told of the resident memory of the trial, MiB. */
  memory(rssMiB: number | null): void;
  /**
   * The commit that the worktree was just brought to, with nothing run in it since; null when that is not known.
   * A trial on it may start without another checkout, which would be a third of the loop's own time.
   */
  justStaged: { sha: string; at: number } | null;
  /** Proposals for later experiments, oldest first. */
  ahead: Waiting[];
  /** What the model does beside trials. */
  overlap: Overlap;
}

/** Tries at the first pace before they become rarer, and the longest wait, ms. */
const eagerTries = 4;
const longestMs = 120_000;

/**
 * When to try again for the `tries`-th time (0 = the first): at first as the failure asks, so that a short break costs
 * little; later less often, because a load that fails or a mount that hangs costs something each time.
 */
export function retryDelay(retryMs: number | null, tries: number): number | null {
  if (retryMs === null) return null;
  return Math.max(retryMs, Math.min(longestMs, retryMs * 2 ** Math.max(0, tries - eagerTries)));
}

/** A worktree that was staged longer ago than this is not believed any more: somebody may have looked in. ms. */
const believedMs = 1000;

/** Whether the worktree still stands at `sha` from staging it. Asked once: after a trial nothing is believed. */
export function takeJustStaged(bench: Bench, sha: string): boolean {
  const staged = bench.justStaged;
  bench.justStaged = null;
  return staged?.sha === sha && performance.now() - staged.at < believedMs;
}

/**
 * Runs something that the environment can break. While it is broken the run is held with the reason and tried
 * again; it never becomes a verdict.
 * @throws what `work` throws, other than failures of the environment; Interrupted while held.
 */
export async function withEnvironment<T>(
  bench: Bench,
  standing: number | null,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      bench.session.flush();
      const result = await work();
      if (bench.session.state.held?.by === 'engine')
        bench.session.append({ type: 'run.released', by: 'engine' });
      return result;
    } catch (error) {
      const failure = environmentFailureOf(error);
      if (!failure) throw error;
      await bench.controls.holdForEnvironment(
        failure.message,
        failure.next,
        retryDelay(failure.retryMs, tries),
        failure.kind,
      );
      await bench.controls.gate(standing);
      if (failure instanceof BusyMachine && bench.session.state.held === null) bench.surroundings.tolerate();
    }
  }
}
