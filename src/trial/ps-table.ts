import { execFileSync } from 'node:child_process';
import type { ProcessRow } from './process-table.ts';

// Where there is no /proc (macOS). Best effort: no start ticks, so identity is weaker, and each look costs a process.

const columns = ['-o', 'pid=,ppid=,pgid=,sess=,state=,rss='];

/** Rows of `ps`, all processes or one. Empty when ps cannot run. */
export function readPsTable(pid: number | null): ProcessRow[] {
  try {
    const which = pid === null ? ['-ax'] : ['-p', String(pid)];
    return parsePs(execFileSync('ps', [...which, ...columns], { encoding: 'latin1', timeout: 5000 }));
  } catch {
    return [];
  }
}

/** Parses `ps -o pid=,ppid=,pgid=,sess=,state=,rss=` (rss in KiB). */
export function parsePs(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const [pid, ppid, pgid, session, state, rss] = line.trim().split(/\s+/);
    if (!pid || !rss || !state || !Number.isInteger(Number(pid))) continue;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      // macOS prints an address or 0 here: no session is better than a wrong one.
      session: Number(session) > 1 ? Number(session) : Number(pgid),
      state: state.charAt(0),
      threads: 1,
      startTicks: null,
      rssBytes: Number(rss) * 1024,
    });
  }
  return rows;
}

/** Pids whose environment, as `ps -E` shows it, holds this entry. */
export function psWithEntry(entry: string): number[] {
  try {
    const text = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], {
      encoding: 'latin1',
      timeout: 5000,
      maxBuffer: 64 * 1024 * 1024,
    });
    const hits = text.split('\n').filter((line) => line.includes(` ${entry}`));
    return hits.map((line) => Number.parseInt(line, 10)).filter(Number.isInteger);
  } catch {
    return [];
  }
}
