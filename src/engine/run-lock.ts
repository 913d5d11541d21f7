import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDead, readProcess } from '../trial/process-table.ts';
import { type LockHolder, lockPath, lookAt, ownLock } from './lock-holder.ts';
import { pawlDir } from './paths.ts';

/** The project's lock, held by this process. */
export interface Lock {
  release(): void;
  /**
   * Shows that the owner lives, to machines that cannot look at its process. A lock that somebody deleted is put back.
   * @returns the engine that has taken it instead: then this one must stop.
   */
  keep(): LockHolder | null;
}

/**
 * Takes the project's lock for this process. A lock of a dead process (pid, start time and boot id are compared,
 * since pids are reused) is replaced; so is one of another machine or container that was not touched for long.
 * @returns the lock, or the living holder.
 */
export function takeLock(projectDir: string, tag: string): Lock | { holder: LockHolder } {
  const path = lockPath(projectDir);
  const mine = JSON.stringify(ownLock(tag));
  const draft = `${path}.${process.pid}`;
  try {
    writeDraft(draft, mine);
    const until = performance.now() + contendMs;
    for (;;) {
      // link() fails when the lock exists: exclusive, and the content is there from the first moment.
      if (linked(draft, path)) {
        removeRemains(projectDir, draft);
        return { release: () => release(path, mine), keep: () => keep(path, mine, draft) };
      }
      const found = lookAt(path);
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
    const other = lookAt(claim);
    if (other && !other.alive) removeDead(claim, other.text, draft);
    return;
  }
  try {
    if (lookAt(path)?.text === text) unlinkSync(path);
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

// Synchronous like everything here: an engine that has no lock yet has nothing else to do.
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 3);
}

/** Drafts and claims of contenders that were killed before they could remove them. */
function removeRemains(projectDir: string, own: string): void {
  for (const name of readdirSync(pawlDir(projectDir))) {
    const path = join(pawlDir(projectDir), name);
    if (!/^lock\.(\d+|dead-.*)$/.test(name) || path === own) continue;
    const found = lookAt(path);
    if (!found || found.alive) continue;
    // Between the making of a draft and its first byte only the name says whose it is.
    const pid = /^lock\.(\d+)$/.exec(name)?.[1];
    const owner = found.text === '' && pid !== undefined ? readProcess(Number(pid)) : null;
    if (owner && !isDead(owner)) continue;
    removeDead(path, found.text, own);
  }
}

function keep(path: string, mine: string, draft: string): LockHolder | null {
  const found = lookAt(path);
  if (found?.text === mine) {
    const now = new Date();
    utimesSync(path, now, now);
    return null;
  }
  if (found?.alive) return found.alive;
  writeDraft(draft, mine);
  try {
    if (found) removeDead(path, found.text, draft);
    if (linked(draft, path)) return null;
  } finally {
    rmSync(draft, { force: true });
  }
  return lookAt(path)?.alive ?? null;
}

function release(path: string, mine: string): void {
  if (lookAt(path)?.text === mine) rmSync(path, { force: true });
}
