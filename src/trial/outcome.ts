import { constants } from 'node:os';
import type { TrialOutcome } from '../protocol/words.ts';
import type { BoxEnd } from './box.ts';

// How one trial ended, in a word and a sentence. Pure. Only a run that ended by itself with exit 0 and printed a finite
// metric is `ok`: nothing else may be judged.

export interface Evidence {
  end: BoxEnd;
  /** The metric as found; null when absent. */
  metric: number | null;
  metricName: string;
  /** Names of the numbers that it did print. */
  printed: readonly string[];
  /** Why the metric is absent, where that is known better than "it was not printed". */
  metricNote: string | null;
  errorLine: string | null;
  /** What the log shows of the sandbox's doing, and the remedy. */
  wallHint?: string | null;
  /** NaN or infinite values of the live curve, and the step of the first. */
  nonFinite: { count: number; step: number | null };
  /** Folder that has no space left, measured after the end; null while there is room. */
  fullDisk: string | null;
  timeoutMs: number;
  maxLogBytes: number;
  maxMemoryBytes: number;
  maxOutputBytes: number;
  /** It was the trial that filled the disk. */
  filledDisk: boolean;
  maxProcesses: number;
}

export interface Judgement {
  outcome: TrialOutcome;
  why: string | null;
}

/** Decides the outcome and says why in plain words. */
export function judge(evidence: Evidence): Judgement {
  const { end } = evidence;
  if (end.left.length > 0) {
    const pids = end.left.map((row) => row.pid).join(', ');
    return {
      outcome: 'void',
      why: `process ${pids} of the trial cannot be killed (it hangs in the kernel, or belongs to another user)`,
    };
  }
  switch (end.cause) {
    case 'stopped':
      return { outcome: 'stopped', why: end.why };
    case 'timed-out':
      return { outcome: 'timed-out', why: `still running after ${seconds(evidence.timeoutMs / 1000)}` };
    case 'log-flood':
      return {
        outcome: 'crashed',
        why: `log flood: more than ${Math.round(evidence.maxLogBytes / 1024 / 1024)} MiB of output`,
      };
    case 'process-flood':
      return {
        outcome: 'crashed',
        why: `process flood: more than ${evidence.maxProcesses} processes at one time`,
      };
    case 'memory-flood':
      return {
        outcome: 'crashed',
        why: `memory flood: more than ${(evidence.maxMemoryBytes / 1024 ** 3).toFixed(1)} GiB in use by its processes`,
      };
    case 'disk-flood':
      return evidence.filledDisk
        ? {
            outcome: 'crashed',
            why: 'disk flood: it wrote until the disk was nearly full; what it wrote was deleted',
          }
        : { outcome: 'void', why: 'the disk is nearly full, and not by this trial' };
    case 'output-flood':
      return {
        outcome: 'crashed',
        why: `output flood: it wrote more than ${sizeOf(evidence.maxOutputBytes)} (max_output); what it wrote was deleted`,
      };
    case 'itself':
      break;
  }
  const failed = failureOf(evidence);
  if (failed === null) return { outcome: 'ok', why: null };
  const failure = evidence.wallHint ? `${failed}; ${evidence.wallHint}` : failed;
  if (evidence.fullDisk !== null && evidence.filledDisk)
    return {
      outcome: 'crashed',
      why: `disk flood: it wrote until the disk was full; what it wrote was deleted (${failed})`,
    };
  if (evidence.fullDisk !== null) {
    return { outcome: 'void', why: `the disk of ${evidence.fullDisk} is full (${failure})` };
  }
  return { outcome: 'crashed', why: failure };
}

function failureOf(evidence: Evidence): string | null {
  const { end, metric, metricName } = evidence;
  const ended = endedBadly(end);
  if (ended !== null) {
    const parts = [ended, evidence.errorLine].filter((part) => part !== null);
    return parts.join(': ') + nonFiniteNote(evidence);
  }
  if (metric === null) {
    const printed = evidence.printed.slice(0, 6).join(', ');
    const reason = evidence.metricNote ?? `it printed no ${metricName}${printed && `, only ${printed}`}`;
    return `exit 0, but ${reason}${evidence.errorLine ? ` (last error: ${evidence.errorLine})` : ''}`;
  }
  if (!Number.isFinite(metric)) {
    const shown = Number.isNaN(metric) ? 'NaN' : metric > 0 ? 'infinite' : 'minus infinite';
    return `${metricName} is ${shown}${nonFiniteNote(evidence)}`;
  }
  return null;
}

function endedBadly(end: BoxEnd): string | null {
  const signal = end.signal ?? signalOf(end.exit);
  if (signal === 'SIGKILL') {
    const peak = end.peakRssMiB === null ? '' : `, at ${(end.peakRssMiB / 1024).toFixed(1)} GiB resident`;
    const how = end.exit === null ? 'signal SIGKILL' : `exit ${end.exit}`;
    return `${how} without our kill: killed by the kernel, most likely out of memory${peak}`;
  }
  if (end.exit === 127) return 'exit 127, a command was not found';
  if (end.exit === 126) return 'exit 126, a command may not be run';
  if (signal !== null) return `${end.exit === null ? '' : `exit ${end.exit}, `}ended by ${signal}`;
  return end.exit === 0 ? null : `exit ${end.exit}`;
}

/** A shell tells that its child died of signal N by exiting with 128 + N. */
function signalOf(exit: number | null): string | null {
  if (exit === null || exit <= 128) return null;
  const number = exit - 128;
  return Object.entries(constants.signals).find(([, n]) => n === number)?.[0] ?? null;
}

function nonFiniteNote({ nonFinite }: Evidence): string {
  if (nonFinite.count === 0) return '';
  return `; the live curve was not finite${nonFinite.step === null ? '' : ` from step ${nonFinite.step}`}`;
}

const sizeOf = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${Number((bytes / 1024 ** 3).toFixed(1))} GiB`
    : `${Math.round(bytes / 1024 ** 2)} MiB`;

function seconds(value: number): string {
  return value >= 120 ? `${Math.round(value / 6) / 10} min` : `${Math.round(value * 10) / 10} s`;
}
