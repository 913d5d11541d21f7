import { ConsentNeeded } from '../engine/consent-needed.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import { runPaths } from '../engine/engine-options.ts';
import { lastEvent } from '../journal/last-event.ts';
import { UserError } from '../protocol/failure.ts';
import { askConsent } from './ask-consent.ts';
import { noteInterrupts } from './early-interrupts.ts';
import { launchEngine } from './launch-engine.ts';
import { tell } from './print.ts';
import type { WatchOptions } from './run-options.ts';
import { watch } from './watch.ts';

/** Starts the engine of a run and watches it to its end. @returns the exit code. @throws as launchEngine */
export async function startRun(options: EngineOptions, watching: WatchOptions): Promise<number> {
  const early = noteInterrupts();
  const { journal } = runPaths(options.projectDir, options.tag);
  const readSeq = lastEvent(journal)?.seq ?? 0;
  if (process.stderr.isTTY) tell('starting');
  try {
    const socket = await launchWithConsent(options);
    const runDir = runPaths(options.projectDir, options.tag).dir;
    return await watch({ socket, runDir, owner: true, early, readSeq }, watching);
  } finally {
    early.end();
  }
}

/** The engine says what it needs a yes for; the user is asked for each such thing, once for each project. */
async function launchWithConsent(options: EngineOptions): Promise<string> {
  for (const asked = new Set<string>(); ; ) {
    try {
      return await launchEngine(options);
    } catch (error) {
      if (!(error instanceof ConsentNeeded) || asked.has(JSON.stringify(error.to))) throw error;
      asked.add(JSON.stringify(error.to));
      const answer = await askConsent(options.projectDir, error.to, error.message);
      if (answer === 'nobody') throw error;
      if (answer === 'no') throw new UserError('not started, as you say', 3);
    }
  }
}
