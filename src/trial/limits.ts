import { readFileSync, statfsSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessRow } from './process-table.ts';

// What a command may use of the machine, watched from outside: memory and disk. Without it one bad change of the model
// takes the engine, the model server and the user's programs down with it.

const mib = 1024 * 1024;

/**
 * True when processes hold more than a limit together. Resident memory counts shared pages once for each process, which
 * makes eight data loaders look like eight data sets: where that sum is too much, their proportional shares decide.
 */
export function holdsMore(rows: readonly ProcessRow[], limitBytes: number): boolean {
  const resident = rows.reduce((sum, row) => sum + row.rssBytes, 0);
  if (resident <= limitBytes) return false;
  return rows.reduce((sum, row) => sum + (shareOf(row.pid) ?? row.rssBytes), 0) > limitBytes;
}

/** Pss of a process, bytes; null where the kernel does not tell. */
function shareOf(pid: number): number | null {
  try {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

/** Free space below which a trial is ended, bytes: enough for the journal, git and the user to go on. */
const leastFree = 512 * mib;

/** Watches the disks of the folders that a command may write to. */
export class DiskWatch {
  readonly #folders: readonly string[];
  readonly #before: Map<string, number>;
  readonly #floor: number;
  readonly #since = Date.now();

  /** @param floorBytes default 512 MiB, or half of what is free now when that is less. */
  constructor(folders: readonly string[], floorBytes?: number) {
    this.#folders = folders;
    this.#before = new Map(folders.map((folder) => [folder, freeOf(folder)]));
    const free = Math.min(...this.#before.values());
    this.#floor = floorBytes ?? Math.min(leastFree, free / 2);
  }

  /** True while one of the disks has less room than the floor. */
  isLow(): boolean {
    return this.#folders.some((folder) => freeOf(folder) < this.#floor);
  }

  /**
   * Whether the command itself took most of the space that went since it began: else something else fills the disk, and
   * the command is not to blame.
   */
  async isOwnDoing(): Promise<boolean> {
    const gone = Math.max(...this.#folders.map((folder) => (this.#before.get(folder) ?? 0) - freeOf(folder)));
    let own = 0;
    for (const folder of this.#folders) own += await writtenSince(folder, this.#since, false);
    return own >= gone / 2;
  }

  /** Deletes what the command wrote, so that the run can go on. @param folders where nothing is kept anyway */
  async clear(folders: readonly string[]): Promise<void> {
    for (const folder of folders) await writtenSince(folder, this.#since, true);
  }
}

function freeOf(folder: string): number {
  try {
    const { bavail, bsize, blocks } = statfsSync(folder);
    // Some file systems do not say: all zero is no answer.
    return blocks > 0 ? bavail * bsize : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Bytes on disk of the files below a folder that were written since; follows no link. */
async function writtenSince(folder: string, since: number, remove: boolean): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += await writtenSince(path, since, remove);
    else {
      const found = await lstat(path).catch(() => null);
      if (!found?.isFile() || found.ctimeMs < since - 1000) continue;
      sum += found.blocks * 512;
      if (remove) await rm(path, { force: true }).catch(() => {});
    }
  }
  return sum;
}
