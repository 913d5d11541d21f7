import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from '../protocol/events.ts';
import { identify, isAlive } from '../trial/process-table.ts';
import { pawlDir } from './paths.ts';

/** Who owns the project now. One engine per project: two would fight for the GPU and the timing. */
export interface LockHolder extends ProcessId {
  tag: string;
}

const lockPath = (projectDir: string) => join(pawlDir(projectDir), 'lock');

/** The engine that owns the project and lives, or null. */
export function lockHolder(projectDir: string): LockHolder | null {
  try {
    const holder = JSON.parse(readFileSync(lockPath(projectDir), 'utf8')) as LockHolder;
    return isAlive(holder) ? holder : null;
  } catch {
    return null;
  }
}

/**
 * Takes the project's lock for this process. A lock of a dead process (pid, start time and boot id are compared,
 * since pids are reused) is replaced.
 * @returns release, or the living holder.
 */
export function takeLock(projectDir: string, tag: string): { release(): void } | { holder: LockHolder } {
  const path = lockPath(projectDir);
  const mine: LockHolder = { ...identify(process.pid), tag };
  const draft = `${path}.${process.pid}`;
  const fd = openSync(draft, 'w', 0o600);
  writeSync(fd, JSON.stringify(mine));
  fsyncSync(fd);
  closeSync(fd);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        // link() fails when the lock exists: exclusive, and the content is there from the first moment.
        linkSync(draft, path);
        return { release: () => release(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = lockHolder(projectDir);
      if (holder) return { holder };
      const living = dropStale(path, `${draft}.stale`);
      if (living) return { holder: living };
    }
    throw new Error(`could not take ${path}`);
  } finally {
    rmSync(draft, { force: true });
  }
}

// The lock is moved aside before it is judged again: between our look and the move another contender may have
// replaced the stale one by its own, which then goes back where it was.
function dropStale(path: string, aside: string): LockHolder | null {
  try {
    renameSync(path, aside);
    const holder = JSON.parse(readFileSync(aside, 'utf8')) as LockHolder;
    if (!isAlive(holder)) return null;
    linkSync(aside, path);
    return holder;
  } catch {
    return null;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(path: string, mine: LockHolder): void {
  try {
    const now = JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
    if (now.pid === mine.pid && now.startTicks === mine.startTicks) rmSync(path, { force: true });
  } catch {}
}
