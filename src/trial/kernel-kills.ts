import { readFileSync } from 'node:fs';

/** How many processes the kernel has killed for want of memory since the boot; null where it does not count them. */
export function kernelKills(path = '/proc/vmstat'): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'latin1'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
