import { createHostSampler } from '../gpu/host-sampler.ts';
import { ownerOf } from '../gpu/process-owner.ts';
import type { ReportWatch } from '../gpu/report-watch.ts';
import type { GpuSampler } from '../gpu/sampler.ts';
import { roomOn } from '../trial/disk-limit.ts';
import { readProcess } from '../trial/process-table.ts';
import type { Session } from './session.ts';

const beatMs = 1000;
/** A disk fills slowly. */
const diskMs = 15_000;

/** GPU, host and heartbeat pulses. @param folder on whose disk trials write @returns stop */
export function startLive(
  session: Session,
  folder: string,
  sampler: GpuSampler,
  reports: ReportWatch,
  trialRss: () => number | null,
  onCpu: (percent: number) => void,
): () => void {
  const host = createHostSampler({ intervalMs: beatMs });
  sampler.start((report) => {
    reports.take(report);
    const trial = report.processes.length > 0 ? trialPid(session) : null;
    const processes = report.processes.map((p) => ({ ...p, owner: ownerOf(p, trial, readProcess) }));
    session.pulse({ type: 'gpu', ...report, processes });
  });
  let disk: Awaited<ReturnType<typeof roomOn>> = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let beat = 0;
  host.start((report) => {
    onCpu(report.cpu);
    if (report.at - lookedAt >= diskMs) {
      lookedAt = report.at;
      void roomOn(folder).then((room) => {
        disk = room;
      });
    }
    session.pulse({
      type: 'host',
      at: report.at,
      cpu: report.cpu,
      memoryUsedMiB: report.memoryUsedMiB,
      memoryTotalMiB: report.memoryTotalMiB,
      trialRssMiB: trialRss(),
      engineRssMiB: Math.round(process.memoryUsage.rss() / 1_048_576),
      ...(disk === null ? {} : { disk }),
    });
    // In the same moment: one thing that wakes engine and screen, not two.
    beat += 1;
    session.pulse({ type: 'heartbeat', at: report.at, beat });
  });
  return () => host.stop();
}

/** The first process of the trial that runs; null when none does. */
function trialPid({ state }: Session): number | null {
  const trial = state.experiments.findLast((e) => e?.trials.at(-1)?.endedAt === null)?.trials.at(-1);
  return trial?.process.pid ?? null;
}
