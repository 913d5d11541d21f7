import type { EngineOptions } from '../engine/engine-options.ts';
import { runEngine } from '../engine/run-engine.ts';
import { closeInherited } from './close-inherited.ts';
import { keepOneArenaToMyself } from './one-arena.ts';

/** The engine process, as launchEngine starts it: options as one JSON argument, file descriptor 3 for the answer. */
export async function run(args: string[]): Promise<number> {
  process.title = 'pawl engine';
  keepOneArenaToMyself();
  closeInherited();
  const code = await runEngine(JSON.parse(args[0]!) as EngineOptions, 3);
  // Sockets and timers of libraries must not keep a finished engine alive.
  process.exit(code);
}
