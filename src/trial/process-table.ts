import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { ProcessId } from '../protocol/events.ts';
import { readPsTable } from './ps-table.ts';

// One look at all processes. Synchronous on purpose: a procfs read never waits for a disk, and the thread pool would
// cost more than the read itself (about 10 us a process).

/** One process as the kernel shows it now. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  pgid: number;
  session: number;
  /** One letter of proc_pid_stat(5): R S D Z T t X I. */
  state: string;
  threads: number;
  /** Clock ticks since boot; null where there is no /proc. */
  startTicks: number | null;
  rssBytes: number;
}

/** True where /proc tells about processes (Linux). */
export const hasProc = process.platform === 'linux';

const buffer = Buffer.allocUnsafe(4096);

function readStat(pid: number | string): string | null {
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/stat`, 'r');
  } catch {
    return null;
  }
  try {
    // A process that ends between open and read gives ESRCH.
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** Parses one line of /proc/<pid>/stat; null when it is not one. The name field may hold spaces and parentheses. */
export function parseStat(text: string, page: number): ProcessRow | null {
  const close = text.lastIndexOf(')');
  if (close < 0) return null;
  const f = text.slice(close + 2).split(' ');
  const pid = Number.parseInt(text, 10);
  const [state, ppid, pgid, session] = f;
  if (!Number.isInteger(pid) || state === undefined || f.length < 22) return null;
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    session: Number(session),
    state,
    threads: Number(f[17]),
    startTicks: Number(f[19]),
    rssBytes: Number(f[21]) * page,
  };
}

let page = 0;
/** Bytes per page. Node does not tell, so it is the ratio of what Node and the kernel say about ourselves. */
function pageBytes(): number {
  if (page > 0) return page;
  const stat = readStat('self');
  const pages = stat ? (parseStat(stat, 1)?.rssBytes ?? 0) : 0;
  const ratio = pages > 0 ? process.memoryUsage.rss() / pages : 4096;
  page = 2 ** Math.round(Math.log2(ratio));
  return page;
}

/** One process, or null when there is none with this pid. */
export function readProcess(pid: number): ProcessRow | null {
  if (!hasProc) return readPsTable(pid)[0] ?? null;
  const stat = readStat(pid);
  return stat === null ? null : parseStat(stat, pageBytes());
}

/** Every process that we may see. */
export function readProcessTable(): ProcessRow[] {
  if (!hasProc) return readPsTable(null);
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const stat = readStat(name);
    const row = stat === null ? null : parseStat(stat, pageBytes());
    if (row) rows.push(row);
  }
  return rows;
}

/** A zombie holds nothing but its number: some containers' init reaps late, so it counts as dead. A zombie main thread with live threads does not. */
export function isDead(row: ProcessRow): boolean {
  return row.state === 'X' || row.state === 'x' || (row.state === 'Z' && row.threads <= 1);
}

let boot: string | null | undefined;
/** The kernel's name for the time since the last boot; null when it has none. Pids and start ticks mean nothing across boots. */
export function bootId(): string | null {
  if (boot !== undefined) return boot;
  try {
    boot = hasProc
      ? readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
      : execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'latin1', timeout: 2000 }).trim();
  } catch {
    boot = null;
  }
  return boot;
}

/** The identity of a process that lives now; startTicks is null when it is already gone or there is no /proc. */
export function identify(pid: number): ProcessId {
  return { pid, startTicks: readProcess(pid)?.startTicks ?? null, bootId: bootId() };
}

/**
 * True when exactly this process lives: same boot, same start, not a zombie. Without start ticks (no /proc) only the pid
 * can be asked, so there a reused pid reads as alive.
 */
export function isAlive(id: ProcessId): boolean {
  if (id.bootId !== null && bootId() !== null && id.bootId !== bootId()) return false;
  if (hasProc && id.startTicks === null) return false;
  const row = readProcess(id.pid);
  return row !== null && !isDead(row) && row.startTicks === id.startTicks;
}
