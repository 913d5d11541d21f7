import type { GpuProcess } from '../protocol/pulse.ts';
import { keepChild } from './kept-child.ts';
import { computeAppFields, parseComputeAppRow } from './nvidia-format.ts';

export interface ComputeAppsOptions {
  command: string;
  env: NodeJS.ProcessEnv;
  intervalMs: number;
  backoffMs: readonly number[];
}

export interface ComputeApps {
  /** Does nothing when it runs already. */
  start(): void;
  /** Who computed on the GPUs at the last look; empty when nobody, or when the driver does not tell. */
  current(): GpuProcess[];
  stop(): Promise<void>;
}

/** Rows of one look come together; a later row belongs to the next look. */
const settleShare = 0.3;

/**
 * Keeps the list of processes on the GPUs by a second `nvidia-smi -lms` child. When nobody computes it prints nothing,
 * so silence is no failure here and the list empties by age.
 */
export function watchComputeApps(options: ComputeAppsOptions): ComputeApps {
  let rows: GpuProcess[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  const child = keepChild({
    command: options.command,
    args: () => [
      `--query-compute-apps=${computeAppFields.join(',')}`,
      '--format=csv,noheader,nounits',
      '-lms',
      String(options.intervalMs),
    ],
    env: options.env,
    silenceMs: null,
    firstSilenceMs: 0,
    backoffMs: options.backoffMs,
    onLine(line) {
      const row = parseComputeAppRow(line);
      if (!row) return false;
      const now = performance.now();
      if (now - lookedAt > options.intervalMs * settleShare) {
        rows = [];
        lookedAt = now;
      }
      rows.push(row);
      return true;
    },
    onDown: () => 'after backoff',
  });
  return {
    start: child.start,
    current: () => (performance.now() - lookedAt > options.intervalMs * 1.5 ? [] : rows.slice()),
    stop: child.stop,
  };
}
