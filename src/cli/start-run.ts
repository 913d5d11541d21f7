import type { EngineOptions } from '../engine/engine-options.ts';
import { runPaths } from '../engine/engine-options.ts';
import { noteInterrupts } from './early-interrupts.ts';
import { launchEngine } from './launch-engine.ts';
import type { WatchOptions } from './run-options.ts';
import { watch } from './watch.ts';

/** Starts the engine of a run and watches it to its end. @returns the exit code. @throws as launchEngine */
export async function startRun(options: EngineOptions, watching: WatchOptions): Promise<number> {
  const early = noteInterrupts();
  try {
    const socket = await launchEngine(options);
    const runDir = runPaths(options.projectDir, options.tag).dir;
    return await watch({ socket, runDir, owner: true, early }, watching);
  } finally {
    early.end();
  }
}
