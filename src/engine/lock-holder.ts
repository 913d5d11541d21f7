import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ProcessId } from '../protocol/events.ts';
import { bootId, identify, isAlive } from '../trial/process-table.ts';
import { pawlDir } from './paths.ts';

/** Who owns the project now. One engine per project: two would fight for the GPU and the timing. */
export interface LockHolder extends ProcessId {
  tag: string;
  /** The machine, and the space that its process numbers count in (a container has one of its own). */
  host?: string;
  machine?: string;
  pidSpace?: string | null;
}

/** A lock that its owner has not touched for so long is dead, where its process cannot be asked for, ms. */
export const silentMs = 90_000;

/** The file that says which engine owns a project. */
export const lockPath = (projectDir: string): string => join(pawlDir(projectDir), 'lock');

/** The engine that owns the project and lives, or null. */
export function lockHolder(projectDir: string): LockHolder | null {
  return lookAt(lockPath(projectDir))?.alive ?? null;
}

/** This process as a lock's owner. */
export function ownLock(tag: string): LockHolder {
  return { ...identify(process.pid), tag, host: hostname(), machine: machine(), pidSpace: pidSpace() };
}

/** True when the owner is on another machine, or in another container: its process cannot be looked at from here. */
export function isElsewhere(holder: LockHolder): boolean {
  if (holder.machine === undefined) return false;
  if (holder.bootId !== null && holder.bootId === bootId()) return holder.pidSpace !== pidSpace();
  return holder.machine !== machine();
}

/** What is in a lock file, and its process when that lives; null without a file. */
export function lookAt(path: string): { text: string; alive: LockHolder | null } | null {
  let text: string;
  let changed: number;
  try {
    text = readFileSync(path, 'utf8');
    changed = statSync(path).mtimeMs;
  } catch {
    return null;
  }
  try {
    const holder = JSON.parse(text) as LockHolder;
    // Also a time in the future is no silence: clocks of two machines differ.
    const lives = isElsewhere(holder) ? Date.now() - changed < silentMs : isAlive(holder);
    return { text, alive: lives ? holder : null };
  } catch {
    return { text, alive: null };
  }
}

/** A name for this installation of an operating system; the host's name where it has none. */
function machine(): string {
  try {
    return readFileSync('/etc/machine-id', 'latin1').trim() || hostname();
  } catch {
    return hostname();
  }
}

function pidSpace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
