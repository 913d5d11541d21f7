import type { GpuSample } from '../protocol/pulse.ts';

/** Groups rows that come one GPU at a time into ticks. Pure; times are ms of one monotonic clock. */
export class NewestRows {
  readonly #rows = new Map<number, { sample: GpuSample; at: number }>();
  readonly #missing = new Set<number>();
  #tick = new Set<number>();
  #expected = 0;

  /** Whether a row of this GPU already waits in the open tick, so that a new tick begins. */
  beginsTick(index: number): boolean {
    return this.#tick.has(index);
  }

  /** Takes a row; true when every GPU that is known has answered in this tick. */
  add(sample: GpuSample, at: number): boolean {
    this.#rows.set(sample.index, { sample, at });
    this.#tick.add(sample.index);
    this.#missing.delete(sample.index);
    return this.#expected > 0 && this.#tick.size >= this.#expected;
  }

  /**
   * Ends the tick: forgets rows older than `oldest`.
   * @returns the indexes of the GPUs that once answered and no longer do; null when no tick was open
   */
  endTick(oldest: number): number[] | null {
    if (this.#tick.size === 0) return null;
    this.#tick = new Set();
    for (const [index, row] of this.#rows) {
      if (row.at >= oldest) continue;
      this.#rows.delete(index);
      this.#missing.add(index);
    }
    this.#expected = this.#rows.size;
    return [...this.#missing].sort((a, b) => a - b);
  }

  /** The newest row of each GPU, by index. */
  samples(): GpuSample[] {
    return [...this.#rows.values()].map((row) => row.sample).sort((a, b) => a.index - b.index);
  }
}
