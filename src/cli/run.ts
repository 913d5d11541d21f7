import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { loadSettings } from '../config/load-config.ts';
import { unheeded } from '../engine/changed-since.ts';
import { failedStartDir, runPaths } from '../engine/engine-options.ts';
import { lastEvent } from '../journal/last-event.ts';
import { UserError } from '../protocol/failure.ts';
import { runBranches } from '../workspace/run-branches.ts';
import type { CommandInput } from './command.ts';
import { freshTag, runTags } from './find-runs.ts';
import { goingOn } from './going-on.ts';
import { EngineBusy } from './launch-engine.ts';
import { ownProject } from './own-project.ts';
import { tell } from './print.ts';
import { quickLook } from './quick-look.ts';
import { runOverrides, watchOptions } from './run-options.ts';
import { startRun } from './start-run.ts';
import { watch } from './watch.ts';

/** `pawl run` */
export async function run(input: CommandInput): Promise<number> {
  return runIn(await ownProject(input), input);
}

/**
 * Starts, goes on with, or attaches to the project's run, and watches it.
 * @param ownCode the project is the demo's
 */
export async function runIn(dir: string, input: CommandInput, ownCode = false): Promise<number> {
  const watching = watchOptions(input);
  const overrides = runOverrides(input);
  const wanted = input.options.tag as string | undefined;
  if (wanted !== undefined && !/^[a-z0-9][a-z0-9._-]{0,40}$/i.test(wanted)) {
    throw new UserError(
      `--tag '${wanted}': use letters, digits, '.', '_' and '-' (it becomes a branch name)`,
    );
  }
  for (;;) {
    const alive = await goingOn(dir);
    if (alive) {
      if (wanted !== undefined && wanted !== alive.tag) {
        throw new UserError(`run ${alive.tag} is going on in this project. Stop it first: pawl stop`, 3);
      }
      if (input.options.new) {
        throw new UserError(`run ${alive.tag} is going on in this project. Stop it first: pawl stop`, 3);
      }
      tell(`run ${alive.tag} is going on already; attaching to it`);
      const names = unheeded(dir, runPaths(dir, alive.tag));
      if (names.length > 0)
        tell(
          `note: pawl.yaml was changed while it goes on (${names.join(', ')}): it keeps what it has. To take that up: pawl stop, then pawl resume`,
        );
      return watch({ ...alive, owner: false }, watching);
    }
    // A mistake in pawl.yaml comes before anything that is said of a run.
    const { contaminated } = loadSettings(dir);
    const tag = wanted ?? (await chooseTag(dir, input.options.new === true));
    await quickLook(dir, contaminated === 'count' ? null : undefined);
    try {
      return await startRun({ projectDir: dir, tag, ownCode, ...overrides }, watching);
    } catch (error) {
      // Somebody else started one in the same moment: that is the run now.
      if (!(error instanceof EngineBusy)) throw error;
    }
  }
}

/** The newest run when it was stopped or cut off; else a new one. */
async function chooseTag(dir: string, startNew: boolean): Promise<string> {
  const newest = runTags(dir).at(-1);
  if (newest !== undefined && !startNew) {
    const last = lastEvent(runPaths(dir, newest).journal);
    if (last !== null && (last.type !== 'run.ended' || last.outcome === 'stopped')) {
      tell(`going on with run ${newest} (start afresh with: pawl run --new)`);
      return newest;
    }
  }
  const branches = await runBranches(dir);
  const tag = freshTag(dir, (name) => branches.includes(name));
  if (existsSync(runPaths(dir, tag).dir))
    tell(
      `run ${tag} failed before anything was measured: its name is used again, its log goes to ${relative(dir, failedStartDir(dir))}`,
    );
  return tag;
}
