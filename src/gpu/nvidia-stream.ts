import { keepChild } from './kept-child.ts';
import { NewestRows } from './newest-rows.ts';
import { watchComputeApps } from './nvidia-compute-apps.ts';
import { explainFailure, failureWords, isUnknownField } from './nvidia-failure.ts';
import { fieldLadder, parseGpuRow } from './nvidia-format.ts';
import { PeakMemory } from './peak-memory.ts';
import type { GpuReport, GpuSampler } from './sampler.ts';

/** Times in ms; the defaults are for real drivers, tests use short ones. */
export interface NvidiaStreamOptions {
  /** Path or name of nvidia-smi. */
  command?: string;
  env?: NodeJS.ProcessEnv;
  /** Between two samples. */
  intervalMs?: number;
  /** Between two lists of processes. */
  appsIntervalMs?: number;
  /** Without a row for so long the numbers are stale and the child is replaced. */
  silenceMs?: number;
  /** How long a child may take to its first row: without persistence mode the driver needs seconds per GPU to wake up. */
  firstSilenceMs?: number;
  /** Waits before the next starts of a failed child; the last one repeats. */
  backoffMs?: readonly number[];
}

/** How long a tick waits for the rows of GPUs that are late, ms. */
const settleMs = 250;

/**
 * Live NVIDIA numbers from one long-lived `nvidia-smi -lms` child, read line by line: a call per sample would wake the
 * GPU each time and block for seconds on some machines. Never throws; every trouble becomes `stale` in plain words,
 * and the last known rows stay in the report.
 */
export function nvidiaStream(options: NvidiaStreamOptions = {}): GpuSampler {
  const command = options.command ?? 'nvidia-smi';
  const silenceMs = options.silenceMs ?? 5000;
  const backoffMs = options.backoffMs ?? [1000, 5000, 30_000];
  // A decimal comma would break the columns.
  const env = { ...(options.env ?? process.env), LC_ALL: 'C' };
  const rows = new NewestRows();
  const peak = new PeakMemory();
  /** Position in the field ladder. */
  let rung = 0;
  /** What nvidia-smi complained about beside the rows of the open tick. */
  let complaint: string | null = null;
  let stale: string | null = null;
  let settling: NodeJS.Timeout | undefined;
  let waking: NodeJS.Timeout | undefined;
  let listener: ((report: GpuReport) => void) | null = null;

  const apps = watchComputeApps({ command, env, backoffMs, intervalMs: options.appsIntervalMs ?? 5000 });

  const report = (): void => {
    listener?.({ at: Date.now(), gpus: rows.samples(), processes: apps.current(), stale });
  };

  const endTick = (): void => {
    clearTimeout(settling);
    settling = undefined;
    const missing = rows.endTick(performance.now() - silenceMs);
    if (!missing) return;
    stale = complaint ?? (missing.length > 0 ? `GPU ${missing.join(' and ')} stopped answering` : null);
    complaint = null;
    peak.see(rows.samples());
    report();
  };

  const child = keepChild({
    command,
    env,
    backoffMs,
    silenceMs,
    firstSilenceMs: options.firstSilenceMs ?? 20_000,
    args: () => [
      `--query-gpu=${fieldLadder[rung]!.join(',')}`,
      '--format=csv,noheader,nounits',
      '-lms',
      String(options.intervalMs ?? 1000),
    ],
    onLine(line) {
      const sample = parseGpuRow(line, fieldLadder[rung]!);
      // One GPU may be in trouble while the others go on, and a faulted one may still have a row.
      if (!sample || line.includes('[')) complaint = failureWords(line) ?? complaint;
      if (!sample) return false;
      clearTimeout(waking);
      apps.start();
      if (rows.beginsTick(sample.index)) endTick();
      if (rows.add(sample, performance.now())) endTick();
      else settling ??= setTimeout(endTick, settleMs).unref();
      return true;
    },
    onDown({ end, output }) {
      endTick();
      complaint = null;
      if (isUnknownField(output) && rung < fieldLadder.length - 1) {
        rung += 1;
        return 'at once';
      }
      const why = end === 'ENOENT' ? 'nvidia-smi is not on the PATH' : explainFailure(output, end);
      if (stale !== why) {
        stale = why;
        report();
      }
      return 'after backoff';
    },
  });

  return {
    start(onReport) {
      listener = onReport;
      child.start();
      // The child may take longer to wake the driver than a watcher should be left without a word.
      waking = setTimeout(() => {
        stale ??= 'waiting for the first answer of nvidia-smi';
        report();
      }, silenceMs).unref();
    },
    peakMemoryMiB: (reset) => peak.read(reset),
    async stop() {
      listener = null;
      clearTimeout(settling);
      clearTimeout(waking);
      await Promise.all([child.stop(), apps.stop()]);
    },
  };
}
