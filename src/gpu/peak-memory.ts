import type { GpuSample } from '../protocol/pulse.ts';

/** The highest memory use, MiB summed over all GPUs, of the samples seen since the last reset. */
export class PeakMemory {
  #peak: number | null = null;

  /** Takes one tick of samples; GPUs that do not say count nothing. */
  see(gpus: readonly GpuSample[]): void {
    let sum: number | null = null;
    for (const gpu of gpus) if (gpu.memoryUsedMiB !== null) sum = (sum ?? 0) + gpu.memoryUsedMiB;
    if (sum !== null && (this.#peak === null || sum > this.#peak)) this.#peak = sum;
  }

  /** MiB, or null when nothing was seen. After a reset only newer samples count: the last one belongs to what was before. */
  read(reset: boolean): number | null {
    const peak = this.#peak;
    if (reset) this.#peak = null;
    return peak;
  }
}
