import type { GpuSampler } from '../gpu/sampler.ts';
import type { Proposer } from '../propose/proposer.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import type { TrialRunner } from '../trial/runner.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Controls } from './controls.ts';
import type { RunPaths } from './paths.ts';
import type { Session } from './session.ts';

/** What every step of the loop works with. */
export interface Bench {
  session: Session;
  controls: Controls;
  workspace: Workspace;
  proposer: Proposer;
  runner: TrialRunner;
  gpu: GpuSampler;
  paths: RunPaths;
  /** The GPU must be given to the trial before it starts (see the lease). */
  releaseBeforeTrial: boolean;
  /** Told of the resident memory of the trial, MiB. */
  memory(rssMiB: number | null): void;
}

/**
 * Runs something that the environment can break. While it is broken the run is held with the reason and tried
 * again; it never becomes a verdict.
 * @throws what `work` throws, other than EnvironmentFailure; Interrupted while held.
 */
export async function withEnvironment<T>(
  bench: Bench,
  standing: number | null,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      const result = await work();
      if (bench.session.state.held?.by === 'engine')
        bench.session.append({ type: 'run.released', by: 'engine' });
      return result;
    } catch (error) {
      if (!(error instanceof EnvironmentFailure)) throw error;
      await bench.controls.holdForEnvironment(error.message, error.next, error.retryMs);
      await bench.controls.gate(standing);
    }
  }
}
