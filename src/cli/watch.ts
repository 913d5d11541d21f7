import { findProject } from '../config/load-config.ts';
import type { EarlyInterrupts } from './early-interrupts.ts';
import { openScreen } from './open-screen.ts';
import { asTyped } from './own-command.ts';
import { say, tell } from './print.ts';
import type { WatchOptions } from './run-options.ts';

/** Whether commands in this folder find the project by themselves. */
function hereIs(project: string): boolean {
  try {
    return findProject('.') === project;
  } catch {
    return false;
  }
}

export interface Watched {
  socket: string;
  runDir: string;
  /** The command that started this: a headless `run` is the run's owner, its Ctrl-C stops the run. */
  owner: boolean;
  /** Events up to this one are no news to plain lines. */
  readSeq?: number;
  /** Ctrl-C since before the engine listened. */
  early?: EarlyInterrupts;
}

/** Shows a run that is going on: the screen on a terminal, plain lines otherwise. @returns the exit code. */
export async function watch(run: Watched, options: WatchOptions): Promise<number> {
  const plain =
    options.headless ||
    run.early?.seen ||
    options.json ||
    !process.stdout.isTTY ||
    !process.stdin.isTTY ||
    process.env.TERM === 'dumb';
  if (plain) {
    const { watchPlain } = await import('./watch-plain.ts');
    return watchPlain(run, options.json);
  }
  run.early?.end();
  const shown = openScreen({ socketPath: run.socket, runDir: run.runDir }, options);
  // Fetched now: a night later another version may lie in its place.
  const words = import('../plain/event-line.ts');
  const result = await shown;
  const { summary, endLine } = await words;
  const { state } = result;
  const line = summary(state);
  const where = hereIs(state.project) ? '' : ` -C ${state.project}`;
  if (result.outcome === 'detached') {
    const now = state.held
      ? `run ${state.tag} is HELD${state.held.by === 'user' ? ' and waits for p' : `: ${state.held.reason}`}`
      : `pawl goes on with run ${state.tag}`;
    say(`${now}: ${line}.\n${asTyped(`Back to the screen: pawl attach${where}   Stop: pawl stop${where}`)}`);
    return 0;
  }
  if (result.outcome === 'engine-gone') {
    tell(
      `the engine of run ${state.tag} is gone (${line}). Nothing decided is lost.\n${asTyped(`Go on: pawl resume${where}`)}`,
    );
    return 1;
  }
  const ended = state.ended;
  const text = ended ? `run ${state.tag} ${endLine(state, ended)}.` : `run ${state.tag} ended. ${line}.`;
  if (ended?.outcome === 'failed') tell([text, ...ended.tail.map((l) => `  ${l}`)].join('\n'));
  else say(text);
  return result.exitCode;
}
