import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Consent } from '../config/consent.ts';
import { ConsentNeeded } from '../engine/consent-needed.ts';
import { type EngineOptions, runPaths } from '../engine/engine-options.ts';
import { growthWhileReading } from '../engine/heap-growth.ts';
import { lockHolder } from '../engine/lock-holder.ts';
import { measuredNothing } from '../journal/measured-nothing.ts';
import { UserError } from '../protocol/failure.ts';
import { mustBeOurFolder } from '../workspace/own-folder.ts';
import { makeRunFolder } from './make-run-folder.ts';
import { withOneArena } from './one-arena.ts';
import { tell } from './print.ts';

/** The project has a living engine already. */
export class EngineBusy extends UserError {
  override name = 'EngineBusy';
}

/** The launcher that a child of ours is started with. */
export function launcherPath(): string {
  return fileURLToPath(new URL('../bin/pawl.js', import.meta.url));
}

// Node starts a child by fork(), which copies page tables: with the default young generation (some 50 MiB that a long run
// fills) each git call and each trial takes milliseconds longer, during which the engine hears nothing.
const smallHeap = ['--max-semi-space-size=2', growthWhileReading];

/**
 * Starts the engine as a process of its own (own session: the terminal's end does not reach it) and waits until it
 * listens.
 * @returns the socket's path.
 * @throws UserError with the engine's own words when the run cannot start; nothing is left behind then.
 */
export async function launchEngine(options: EngineOptions): Promise<string> {
  await mustBeOurFolder(options.projectDir);
  const paths = runPaths(options.projectDir, options.tag);
  // A name that is given back is a new run's: a start that fails again leaves no empty folder of that name.
  const isNew = !existsSync(paths.journal) || measuredNothing(paths.journal);
  makeRunFolder(options.projectDir, paths.dir);
  const log = openSync(paths.engineLog, 'a', 0o600);
  const child = spawn(process.execPath, [...smallHeap, launcherPath(), '__engine', JSON.stringify(options)], {
    cwd: options.projectDir,
    env: withOneArena(process.env),
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  try {
    const ready = await firstLine(child.stdio[3] as NodeJS.ReadableStream, child);
    if ('socket' in ready) {
      for (const warning of ready.warnings) tell(`note: ${warning}`);
      child.unref();
      (child.stdio[3] as unknown as { destroy(): void }).destroy();
      return ready.socket;
    }
    if (ready.busy) throw new EngineBusy(ready.error, 3);
    if (ready.consent) throw new ConsentNeeded(ready.error, ready.consent);
    if (ready.exitCode === 1) throw new Error(ready.error);
    throw new UserError(ready.error, ready.exitCode === 2 ? 2 : 3);
  } catch (error) {
    // Another engine may have begun the run of this name in the same moment: its folder is not ours to remove.
    const taken = error instanceof EngineBusy && lockHolder(options.projectDir)?.tag === options.tag;
    // What a killed one has made in git, only the next engine can find again: by this folder.
    const killed = child.signalCode !== null;
    if (isNew && !taken && !killed && !existsSync(paths.journal)) {
      const words = error instanceof UserError ? '' : tailText(paths.engineLog);
      rmSync(paths.dir, { recursive: true, force: true });
      if (words) throw new Error(`${(error as Error).message}\n${words}`);
    }
    throw error;
  }
}

type Ready =
  | { socket: string; warnings: string[] }
  | { error: string; exitCode: number; busy?: boolean; consent?: Consent };

function firstLine(
  stream: NodeJS.ReadableStream,
  child: import('node:child_process').ChildProcess,
): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as Ready);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`the engine ended at once (${signal ?? `exit ${code}`})`)),
    );
  });
}

function tailText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-20).join('\n');
  } catch {
    return '';
  }
}
