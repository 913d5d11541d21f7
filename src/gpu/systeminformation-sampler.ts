import type { GpuSample } from '../protocol/pulse.ts';
import { isGpu } from './inventory.ts';
import { askControllers, type Controller } from './inventory-child.ts';
import { PeakMemory } from './peak-memory.ts';
import type { GpuSampler } from './sampler.ts';

export interface PolledOptions {
  childArgs: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Between two looks, ms. Each look starts about 14 processes, so this is no second. */
  intervalMs?: number;
  deadlineMs?: number;
}

const toSample = (c: Controller, index: number): GpuSample => ({
  index,
  uuid: null,
  name: c.name,
  // A true 0 arrives as "unknown" from systeminformation, and unknown it stays.
  utilization: c.utilization,
  memoryUtilization: c.memoryUtilization,
  memoryTotalMiB: c.memoryTotalMiB,
  memoryUsedMiB: c.memoryUsedMiB,
  memoryFreeMiB: c.memoryFreeMiB,
  temperatureC: c.temperatureC,
  powerW: c.powerW,
  powerLimitW: c.powerLimitW,
  smClockMHz: c.clockMHz,
  fanPercent: c.fanPercent,
  pstate: null,
  throttle: null,
  mig: false,
});

const isLive = (gpu: GpuSample): boolean =>
  gpu.utilization !== null || gpu.memoryUsedMiB !== null || gpu.temperatureC !== null || gpu.powerW !== null;

/**
 * GPUs by systeminformation, each look in a child process with a deadline, where no stream can run. Mostly it knows
 * names only: then, and where it finds nothing, it says so once and looks no more.
 */
export function systeminformationSampler(options: PolledOptions): GpuSampler {
  const peak = new PeakMemory();
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let pending: Promise<void> = Promise.resolve();
  return {
    start(onReport) {
      let last: GpuSample[] = [];
      const look = async (): Promise<void> => {
        const answer = await askControllers({
          childArgs: options.childArgs,
          deadlineMs: options.deadlineMs ?? 10_000,
          signal: stop.signal,
          ...(options.env ? { env: options.env } : {}),
        });
        if (stop.signal.aborted) return;
        let stale: string | null = null;
        let again = true;
        if (Array.isArray(answer)) {
          last = answer.filter(isGpu).map(toSample);
          again = last.some(isLive);
          if (last.length === 0) stale = 'no GPU here';
          else if (!again) stale = 'no live numbers for this GPU on this system';
        } else {
          stale = answer.why;
        }
        if (stale === null) peak.see(last);
        onReport({ at: Date.now(), gpus: last, processes: [], processesUnknown: true, stale });
        if (again) timer = setTimeout(() => (pending = look()), options.intervalMs ?? 10_000).unref();
      };
      pending = look();
    },
    peakMemoryMiB: (reset) => peak.read(reset),
    async stop() {
      stop.abort();
      clearTimeout(timer);
      await pending;
    },
  };
}
