import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessId } from '../protocol/events.ts';
import { exemptPids, Family } from './family.ts';
import { bootId, hasProc, isAlive, type ProcessRow, readProcess, readProcessTable } from './process-table.ts';
import { psWithEntry } from './ps-table.ts';

// Proof that a process is ours, and the loop that leaves none. The honest limit: a process that in one breath (between
// two looks) forks away from its parent, starts its own session, clears its environment AND closes the log can no
// longer be told from a stranger, and strangers are never killed. Nor can a process be found that a daemon (a container
// engine, a job scheduler) started on the trial's behalf. Only a pid namespace (the sandbox) closes these gaps.

/** What shows that an orphan belongs to us. */
export interface Traces {
  /** An entry of the environment, such as `PAWL_RUN_ID=abc`. */
  entry: string;
  /** The log that only our command's processes hold open as their output; null when unknown. */
  logPath: string | null;
  /** Nothing of ours is older than this (clock ticks since boot); null when unknown. */
  since: number | null;
}

export interface SweepOptions {
  /** How long processes may take to go by themselves before they are killed, ms. */
  lingerMs: number;
  /** Give up after this time, ms. */
  deadlineMs: number;
  /** Members that are neither killed nor waited for. */
  spare?: ReadonlySet<number>;
}

export interface SweepEnd {
  /** How many processes had to be killed. */
  killed: number;
  /** Processes that would not die (uninterruptible sleep, or another user's). */
  left: ProcessRow[];
}

function holdsEntry(pid: number, entry: Buffer): boolean {
  try {
    const environ = readFileSync(`/proc/${pid}/environ`);
    for (let at = environ.indexOf(entry); at >= 0; at = environ.indexOf(entry, at + 1)) {
      const end = environ[at + entry.length];
      if ((at === 0 || environ[at - 1] === 0) && (end === 0 || end === undefined)) return true;
    }
  } catch {
    // Not ours to read, or gone.
  }
  return false;
}

/** Output goes to this log: append-only and write-only, so that a user's `tail` or editor never matches. */
function writesTo(pid: number, logPath: string): boolean {
  for (const fd of [1, 2]) {
    try {
      if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== logPath) continue;
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1];
      const bits = Number.parseInt(flags ?? '0', 8);
      if ((bits & 0o3) === 1 && (bits & 0o2000) !== 0) return true;
    } catch {
      // Closed, or gone.
    }
  }
  return false;
}

/** Finds orphans by their traces. Remembers who was a stranger: one never becomes ours later. */
export function createOrphanSearch(traces: Traces, family: Family): (table: ProcessRow[]) => void {
  const entry = Buffer.from(traces.entry);
  const strangers = new Map<number, number | null>();
  return (table) => {
    if (!hasProc) {
      const pids = new Set(psWithEntry(traces.entry));
      for (const row of table) if (pids.has(row.pid)) family.adopt(row);
      return;
    }
    for (const row of table) {
      if (family.has(row) || row.state === 'Z' || row.ppid === 2) continue;
      if (traces.since !== null && row.startTicks !== null && row.startTicks < traces.since) continue;
      if (strangers.has(row.pid) && strangers.get(row.pid) === row.startTicks) continue;
      if (holdsEntry(row.pid, entry) || (traces.logPath !== null && writesTo(row.pid, traces.logPath))) {
        family.adopt(row);
      } else {
        strangers.set(row.pid, row.startTicks);
      }
    }
  };
}

/**
 * Kills until two looks in a row show no living member: what forks while being killed is found by the next look.
 * Resolves also when something would not die within the deadline.
 */
export async function sweepFamily(family: Family, traces: Traces, options: SweepOptions): Promise<SweepEnd> {
  const begun = performance.now();
  const adoptOrphans = createOrphanSearch(traces, family);
  const killed = new Set<string>();
  let quiet = 0;
  let pause = 1;
  for (;;) {
    const table = readProcessTable();
    adoptOrphans(table);
    family.update(table);
    const living = family.living.filter((row) => !options.spare?.has(row.pid));
    quiet = living.length === 0 ? quiet + 1 : 0;
    if (quiet >= 2) return { killed: killed.size, left: [] };
    const spent = performance.now() - begun;
    if (spent > options.deadlineMs) return { killed: killed.size, left: living };
    if (living.length === 0) continue;
    if (spent >= options.lingerMs) {
      for (const row of living) {
        if (kill(row, 'SIGKILL')) killed.add(`${row.pid}/${row.startTicks}`);
      }
    }
    await sleep(pause);
    pause = Math.min(20, pause * 2);
  }
}

/** Signals one process of a look just taken, unless its pid has been given to another since. */
export function kill(row: ProcessRow, signal: NodeJS.Signals): boolean {
  if (row.pid <= 1 || row.pid === process.pid) return false;
  if (hasProc && readProcess(row.pid)?.startTicks !== row.startTicks) return false;
  try {
    return process.kill(row.pid, signal);
  } catch {
    return false;
  }
}

/**
 * Kills what an earlier engine left behind. The recorded process counts only if boot and start ticks match (pids are
 * reused); everything else needs the cookie in its environment, or kinship to such a process.
 * @returns how many processes were killed.
 */
export async function sweepLeftovers(cookie: string, recorded: ProcessId | null): Promise<number> {
  const boot = bootId();
  if (recorded?.bootId && boot && recorded.bootId !== boot) return 0;
  const family = new Family(exemptPids(readProcessTable()));
  if (recorded && hasProc && isAlive(recorded)) {
    const row = readProcess(recorded.pid);
    if (row && row.startTicks === recorded.startTicks) family.adopt(row);
  }
  const traces = { entry: `PAWL_RUN_ID=${cookie}`, logPath: null, since: recorded?.startTicks ?? null };
  const end = await sweepFamily(family, traces, { lingerMs: 0, deadlineMs: 10_000 });
  return end.killed;
}
