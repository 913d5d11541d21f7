import type { GpuReport } from './sampler.ts';

/** The newest report of the sampler, and the next ones for whoever waits. */
export interface ReportWatch {
  /** To be given to the sampler. */
  take(report: GpuReport): void;
  latest(): GpuReport | null;
  /** The next report; null when none comes within `timeoutMs`. */
  next(timeoutMs: number): Promise<GpuReport | null>;
  /** Calls `listener` for each report until the returned function is called. */
  follow(listener: (report: GpuReport) => void): () => void;
}

/** Shares one sampler between all who want to know what the GPUs do. */
export function watchReports(): ReportWatch {
  let newest: GpuReport | null = null;
  const listeners = new Set<(report: GpuReport) => void>();
  const follow = (listener: (report: GpuReport) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    take(report) {
      newest = report;
      for (const listener of [...listeners]) listener(report);
    },
    latest: () => newest,
    next: (timeoutMs) =>
      new Promise((resolve) => {
        const end = (report: GpuReport | null) => {
          clearTimeout(timer);
          stop();
          resolve(report);
        };
        const timer = setTimeout(() => end(null), timeoutMs);
        const stop = follow(end);
      }),
    follow,
  };
}
