import type { ReportWatch } from './report-watch.ts';
import type { GpuReport } from './sampler.ts';

export interface MemoryTimes {
  /** Memory that no longer grows for so long will not come back, ms. */
  stableMs: number;
  timeoutMs: number;
}

const memoryTimes: MemoryTimes = { stableMs: 1000, timeoutMs: 10_000 };

/** A smaller rise is the desktop's, MiB. */
const riseMiB = 64;

/** Free memory over all GPUs of a report, MiB; null when they do not say. */
export function freeMiB(report: GpuReport | null): number | null {
  if (!report || report.stale !== null) return null;
  const cells = report.gpus.map((gpu) => gpu.memoryFreeMiB);
  if (cells.length === 0 || cells.includes(null)) return null;
  return cells.reduce<number>((sum, cell) => sum + cell!, 0);
}

/**
 * Waits for memory that a process has just given back: the driver needs up to some seconds for it. Ends as soon as
 * `enough` MiB are free over all GPUs, or when nothing more comes. Without live numbers it ends at once.
 * @returns the free memory seen last, MiB
 */
export async function untilMemoryIsFree(
  watch: ReportWatch,
  enough: number | null,
  times: MemoryTimes = memoryTimes,
): Promise<number | null> {
  const end = performance.now() + times.timeoutMs;
  // What was sampled before the question may be from before the process went.
  let best = freeMiB(watch.latest());
  if (best === null) return null;
  if (enough !== null && best >= enough) return best;
  let since = performance.now();
  for (;;) {
    const left = end - performance.now();
    const report = left > 0 ? await watch.next(left) : null;
    const now = freeMiB(report);
    if (now === null) return best;
    if (enough !== null && now >= enough) return now;
    if (now > best + riseMiB) {
      best = now;
      since = performance.now();
    } else if (performance.now() - since >= times.stableMs) return now;
  }
}
