import type { ReportWatch } from './report-watch.ts';
import type { GpuReport } from './sampler.ts';

/** A longer silence between two samples is not bridged: nobody knows what was drawn in it. ms */
const longestGapMs = 5000;

/** Power that all GPUs draw together, W; null when none says. */
function totalPowerW(report: GpuReport, counts: (index: number) => boolean = () => true): number | null {
  if (report.stale !== null) return null;
  const said = report.gpus.flatMap((gpu) => (gpu.powerW === null || !counts(gpu.index) ? [] : [gpu.powerW]));
  return said.length === 0 ? null : said.reduce((sum, power) => sum + power, 0);
}

/**
 * Adds up what the GPUs draw from now on: the mean of two samples times the time between them.
 * @param counts which GPUs, asked with each sample; missing = all
 * @returns a function that ends it and tells the energy in Wh; null when no GPU said anything (CPU only, no sensor)
 */
export function followEnergy(watch: ReportWatch, counts?: (index: number) => boolean): () => number | null {
  let wattMs = 0;
  let known = false;
  let last: { at: number; power: number } | null = null;
  const stop = watch.follow((report) => {
    const power = totalPowerW(report, counts);
    if (power === null) {
      last = null;
      return;
    }
    const gap = last ? report.at - last.at : 0;
    if (last && gap > 0 && gap <= longestGapMs) {
      wattMs += ((last.power + power) / 2) * gap;
      known = true;
    }
    last = { at: report.at, power };
  });
  return () => {
    stop();
    return known ? wattMs / 3_600_000 : null;
  };
}
