import type { Conditions } from '../protocol/events.ts';
import type { GpuSample } from '../protocol/pulse.ts';
import type { ReportWatch } from './report-watch.ts';
import type { GpuReport } from './sampler.ts';

type GpuSpan = Conditions['gpus'][number];

/** Memory of a GPU that is not free, MiB: what processes use and what the driver keeps for itself. */
function inUseMiB(gpu: GpuSample): number | null {
  const { memoryTotalMiB: total, memoryFreeMiB: free } = gpu;
  return total === null || free === null ? null : total - free;
}

/** Whether heat slows this GPU down now; false where nobody says. */
export function isHot(gpu: GpuSample): boolean {
  return gpu.throttle?.some((word) => word.startsWith('thermal')) ?? false;
}

/** Follows the GPUs while a trial runs. @returns a function that ends it and tells what was seen */
export function followSpan(watch: ReportWatch): () => GpuSpan[] {
  const spans = new Map<number, GpuSpan & { samples: number }>();
  const see = (report: GpuReport, during: boolean) => {
    if (report.stale !== null) return;
    for (const gpu of report.gpus) {
      const used = inUseMiB(gpu);
      if (used === null) continue;
      const old = spans.get(gpu.index);
      const span = old ?? {
        index: gpu.index,
        totalMiB: gpu.memoryTotalMiB!,
        beforeMiB: used,
        peakMiB: used,
        hot: 0,
        samples: 0,
      };
      span.peakMiB = Math.max(span.peakMiB, used);
      if (during) {
        span.samples += 1;
        if (isHot(gpu)) span.hot += 1;
      }
      spans.set(gpu.index, span);
    }
  };
  const before = watch.latest();
  if (before) see(before, false);
  const stop = watch.follow((report) => see(report, true));
  return () => {
    stop();
    return [...spans.values()]
      .map(({ samples, hot, ...span }) => ({ ...span, hot: samples >= leastSamples ? hot / samples : 0 }))
      .sort((a, b) => a.index - b.index);
  };
}

/** With fewer samples a share says nothing. */
const leastSamples = 3;
