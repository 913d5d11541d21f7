import { runPaths } from '../engine/paths.ts';
import { emptyState, fold } from '../journal/fold.ts';
import { readJournal } from '../journal/read.ts';
import { eventLine } from '../plain/event-line.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { loadRun } from './find-runs.ts';
import { openScreen } from './open-screen.ts';
import { ownProject } from './own-project.ts';
import { say } from './print.ts';
import { watchOptions } from './run-options.ts';

/** `pawl replay [tag]`: plays a journal in the screen; without a terminal, tells it as lines. */
export async function run(input: CommandInput): Promise<number> {
  const { dir, events } = recordedRun(await ownProject(input), input.args[0]);
  const speed = speedOption(input.options.speed);
  const watching = watchOptions(input);
  if (watching.headless || !process.stdout.isTTY || !process.stdin.isTTY || process.env.TERM === 'dumb') {
    tellAll(events);
    return 0;
  }
  const { replaySource } = await import('../screen/replay/player.ts');
  await openScreen({ source: replaySource({ events, runDir: dir, speed }), runDir: dir }, watching);
  return 0;
}

/** The journal of a run, whoever works on it now. @throws UserError when there is none, or nothing in it */
export function recordedRun(project: string, tag?: string): { dir: string; events: JournalEvent[] } {
  const { state, dir } = loadRun(project, tag);
  const { events } = readJournal(runPaths(project, state.tag || tag!).journal);
  if (events.length === 0) throw new UserError(`run ${tag ?? ''} has nothing in its journal yet`);
  return { dir, events };
}

function speedOption(text: string | boolean | undefined): number {
  if (text === undefined) return 60;
  const speed = Number(String(text).replace(/x$/, ''));
  if (!(speed >= 0.1 && speed <= 100_000))
    throw new UserError(`--speed takes a factor such as 1, 60 or 600, not '${text}'`);
  return speed;
}

function tellAll(events: readonly JournalEvent[]): void {
  let state = emptyState();
  for (const event of events) {
    state = fold(state, event);
    const line = eventLine(state, event);
    if (line !== null) say(line);
  }
}
