import type { GpuSampler } from './sampler.ts';

/**
 * No GPU, as a normal state: one report without GPUs that says why, then quiet.
 * @param why one plain sentence, shown where the numbers would be
 */
export function noGpu(why: string): GpuSampler {
  let stopped = false;
  return {
    start(onReport) {
      // Not before `start` returns: a caller may wire the rest after it.
      queueMicrotask(() => {
        if (!stopped) onReport({ at: Date.now(), gpus: [], processes: [], stale: why });
      });
    },
    peakMemoryMiB: () => null,
    async stop() {
      stopped = true;
    },
  };
}
