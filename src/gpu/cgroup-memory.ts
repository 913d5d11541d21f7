import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A memory limit that a container or a service manager sets on this process, with the files that tell its use. */
export interface CgroupMemory {
  limitMiB: number;
  /** MiB in use now, without the page cache that the kernel would give back; null when it cannot be read. */
  usedMiB(): number | null;
}

const mebi = 1_048_576;

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function bytes(path: string): number | null {
  const value = read(path)?.trim();
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

/**
 * The tightest memory limit above this process that is below `machineMiB`; null when there is none.
 * Knows cgroup v2 and v1.
 */
export function cgroupMemory(
  machineMiB: number,
  procRoot = '/proc',
  cgroupRoot = '/sys/fs/cgroup',
): CgroupMemory | null {
  let tightest: CgroupMemory | null = null;
  for (const line of (read(join(procRoot, 'self/cgroup')) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const v1 = controllers.split(',').includes('memory');
    if (!v1 && controllers !== '') continue;
    const root = v1 ? join(cgroupRoot, 'memory') : cgroupRoot;
    // The path is the host's: inside a container only the root may be mounted, and it is then the container's own.
    for (let folder = join(root, path); folder.startsWith(root); folder = dirname(folder)) {
      const limit = bytes(join(folder, v1 ? 'memory.limit_in_bytes' : 'memory.max'));
      if (limit === null) continue;
      const limitMiB = limit / mebi;
      // "No limit" is a huge number in v1.
      if (limitMiB >= (tightest?.limitMiB ?? machineMiB)) continue;
      tightest = { limitMiB, usedMiB: () => used(folder, v1) };
    }
  }
  return tightest;
}

function used(folder: string, v1: boolean): number | null {
  const total = bytes(join(folder, v1 ? 'memory.usage_in_bytes' : 'memory.current'));
  if (total === null) return null;
  const stat = read(join(folder, 'memory.stat')) ?? '';
  const cache = new RegExp(`^${v1 ? 'total_inactive_file' : 'inactive_file'} (\\d+)$`, 'm').exec(stat)?.[1];
  return Math.max(0, total - Number(cache ?? 0)) / mebi;
}
