import { readdirSync, readFileSync } from 'node:fs';
import { hasProc, type ProcessRow, readProcess, readProcessTable } from './process-table.ts';

// Many looks at the process table, one after another, of which nearly every row is a stranger's and stays one: who is
// no member of a family can only become one by being born to it. So strangers are read once and then only counted as
// present; what is new, and what is ours, is read each time. No pid changes hands before the numbers have run round: the
// kernel tells the last one that it gave, and a smaller one than before means that everything must be read again.

/** So often everything is read, ms. */
const wholeEveryMs = 30_000;

export interface ProcessLooks {
  /** The table now. Rows of processes that are not `ours` may be as old as `wholeEveryMs`. */
  look(ours: (row: ProcessRow) => boolean): ProcessRow[];
}

/** Starts with nothing known. @param source for tests, instead of /proc */
export function openProcessLooks(source: TableSource = proc, clock = () => performance.now()): ProcessLooks {
  let known = new Map<number, ProcessRow>();
  let wholeAt = Number.NEGATIVE_INFINITY;
  let lastPid = Number.POSITIVE_INFINITY;
  return {
    look(ours) {
      const newest = source.lastPid();
      const whole = newest === null || newest < lastPid || clock() - wholeAt >= wholeEveryMs;
      lastPid = newest ?? Number.POSITIVE_INFINITY;
      const pids = whole ? null : source.pids();
      // Elsewhere than on Linux one row costs as much as all.
      if (pids === null) {
        wholeAt = clock();
        const table = source.table();
        known = new Map(table.map((row) => [row.pid, row]));
        return table;
      }
      const now = new Map<number, ProcessRow>();
      for (const pid of pids) {
        const old = known.get(pid);
        const row = old && !ours(old) ? old : source.row(pid);
        if (row) now.set(pid, row);
      }
      known = now;
      return [...now.values()];
    },
  };
}

export interface TableSource {
  table(): ProcessRow[];
  /** Numbers of all processes; null where only the whole table can be had. */
  pids(): number[] | null;
  row(pid: number): ProcessRow | null;
  /** The number given to the newest process; null where nobody tells. */
  lastPid(): number | null;
}

const proc: TableSource = {
  table: readProcessTable,
  row: readProcess,
  lastPid() {
    try {
      // `0.20 0.18 0.12 1/80 11206`
      const last = Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
      return Number.isInteger(last) ? last : null;
    } catch {
      return null;
    }
  },
  pids() {
    if (!hasProc) return null;
    const pids: number[] = [];
    for (const name of readdirSync('/proc')) {
      const first = name.charCodeAt(0);
      if (first >= 48 && first <= 57) pids.push(Number(name));
    }
    return pids;
  },
};
