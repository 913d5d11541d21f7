import { readFileSync } from 'node:fs';
import { isDead, readProcess } from './process-table.ts';

/** A chain of parents longer than this is none. */
const longestChain = 64;

/**
 * Whose a process is, by its parents and by the run's cookie in its environment. `unknown`: it cannot be seen from
 * here (another container's number means nothing in ours), so nothing may be concluded from it.
 */
export function whoseProcess(pid: number, engine: number, cookie: string): 'ours' | 'foreign' | 'unknown' {
  const row = readProcess(pid);
  if (!row || isDead(row)) return 'unknown';
  if (hasCookie(pid, cookie)) return 'ours';
  for (let at: typeof row | null = row, steps = 0; at && steps < longestChain; steps += 1) {
    if (at.pid === engine) return 'ours';
    if (at.ppid <= 1) break;
    at = readProcess(at.ppid);
  }
  return 'foreign';
}

function hasCookie(pid: number, cookie: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`PAWL_RUN_ID=${cookie}`);
  } catch {
    return false;
  }
}
