import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  unlinkSync,
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
  const holder = look(lockPath(projectDir));
  return holder?.alive ? holder.alive : null;
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
  try {
    writeDraft(draft, JSON.stringify(mine));
    const until = performance.now() + contendMs;
    for (;;) {
      // link() fails when the lock exists: exclusive, and the content is there from the first moment.
      if (linked(draft, path)) return { release: () => release(path, mine) };
      const found = look(path);
      if (found?.alive) return { holder: found.alive };
      if (found) removeDead(path, found.text, draft);
      if (performance.now() > until) throw new Error(`could not take ${path}: it keeps changing hands`);
      pause();
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Contenders need milliseconds; this long means that something is very wrong, ms. */
const contendMs = 5000;

function writeDraft(draft: string, text: string): void {
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Removes the lock of a dead process. Two may try at once, and the slower one must not remove the lock that the
 * faster has put there since: so the right to remove exactly this text is itself an exclusive file, whose owner looks
 * again before it acts. A claim whose owner died is removed in the same way.
 */
function removeDead(path: string, text: string, draft: string): void {
  const claim = `${path}.dead-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  if (!linked(draft, claim)) {
    const other = look(claim);
    if (other && !other.alive) removeDead(claim, other.text, draft);
    return;
  }
  try {
    if (look(path)?.text === text) unlinkSync(path);
  } finally {
    rmSync(claim, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What is in a lock file, and its process when that lives; null without a file. */
function look(path: string): { text: string; alive: LockHolder | null } | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    const holder = JSON.parse(text) as LockHolder;
    return { text, alive: isAlive(holder) ? holder : null };
  } catch {
    return { text, alive: null };
  }
}

// Synchronous like everything here: an engine that has no lock yet has nothing else to do.
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 3);
}

function release(path: string, mine: LockHolder): void {
  const now = look(path);
  if (now?.alive?.pid === mine.pid && now.alive.startTicks === mine.startTicks) rmSync(path, { force: true });
}
