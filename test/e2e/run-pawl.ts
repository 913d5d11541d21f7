import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldAll } from '../../src/journal/fold.ts';
import { readJournal } from '../../src/journal/read.ts';
import type { RunState } from '../../src/journal/state.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';

/** The launcher of the built product. */
export const launcher = fileURLToPath(new URL('../../bin/pawl.js', import.meta.url));

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Where a command is run and with which environment: a temporary project fits. */
export interface Place {
  directory: string;
  env: Record<string, string>;
}

/** Starts `pawl ...args` in a project without waiting; output is collected. */
export function startPawl(
  place: Place,
  ...args: string[]
): { child: ChildProcess; ended: Promise<Ran>; stdout(): string; stderr(): string } {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: place.directory,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

/** Runs `pawl ...args` to its end. */
export const runPawl = (place: Place, ...args: string[]): Promise<Ran> => startPawl(place, ...args).ended;

/** Tags of the runs that have a journal. */
export function tagsIn(directory: string): string[] {
  const runs = join(directory, '.pawl', 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs).filter((tag) => existsSync(join(runs, tag, 'journal.jsonl')));
}

/** The run's folder: the only one, or the named one. */
export function runFolder(directory: string, tag = tagsIn(directory).at(-1) ?? 'none'): string {
  return join(directory, '.pawl', 'runs', tag);
}

export function eventsIn(directory: string, tag?: string): JournalEvent[] {
  return readJournal(join(runFolder(directory, tag), 'journal.jsonl')).events;
}

export function stateIn(directory: string, tag?: string): RunState {
  return foldAll(eventsIn(directory, tag));
}

/** Waits for a condition on real processes; throws with the last value when it never holds. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    let value: T | null | undefined | false = null;
    try {
      value = look();
    } catch {
      // A file that is being made.
    }
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
