import type { GpuProcess, GpuSample } from '../protocol/pulse.ts';

/** What the GPUs say. No GPU is a normal state: `gpus` is empty and `stale` says why. */
export interface GpuReport {
  at: number;
  gpus: GpuSample[];
  processes: GpuProcess[];
  /** True where nobody tells who is on the GPUs: then no processes does not mean that there are none. */
  processesUnknown?: boolean;
  /** Why the numbers are old or missing, or null while they are fresh. */
  stale: string | null;
}

export interface GpuSampler {
  start(onReport: (report: GpuReport) => void): void;
  /** Highest memory use seen since the last call with this flag, MiB over all GPUs; null without a GPU. */
  peakMemoryMiB(reset: boolean): number | null;
  stop(): Promise<void>;
}
