import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { loadRun } from './find-runs.ts';
import { goingOn } from './going-on.ts';
import { ownProject } from './own-project.ts';
import { runOverrides, watchOptions } from './run-options.ts';
import { startRun } from './start-run.ts';

/** `pawl verify`: measures start and champion of an ended run again, and claims only that. */
export async function run(input: CommandInput): Promise<number> {
  const dir = await ownProject(input);
  const alive = await goingOn(dir);
  if (alive) throw new UserError(`run ${alive.tag} is going on; it is verified when it ends by itself`, 3);
  const { state } = loadRun(dir, input.options.tag as string | undefined);
  if (state.champion.n === 0)
    throw new UserError(`run ${state.tag} has kept nothing: there is no gain to verify`, 3);
  const { overrides } = runOverrides(input);
  return startRun({ projectDir: dir, tag: state.tag, overrides, verifyOnly: true }, watchOptions(input));
}
