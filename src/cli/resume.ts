import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { loadRun } from './find-runs.ts';
import { goingOn } from './going-on.ts';
import { projectDir } from './project-dir.ts';
import { runOverrides, watchOptions } from './run-options.ts';
import { startRun } from './start-run.ts';

/** `pawl resume`: goes on with a run, whatever ended it. */
export async function run(input: CommandInput): Promise<number> {
  const dir = projectDir(input);
  const wanted = input.options.tag as string | undefined;
  const alive = await goingOn(dir);
  if (alive) throw new UserError(`run ${alive.tag} is going on already. See it with: pawl attach`, 3);
  const { state } = loadRun(dir, wanted);
  if (state.ended?.outcome === 'failed' && state.experiments[0]?.verdict !== 'kept') {
    throw new UserError(
      `run ${state.tag} never had a baseline (${state.ended.why}). Start afresh: pawl run`,
      3,
    );
  }
  return startRun({ projectDir: dir, tag: state.tag, ...runOverrides(input) }, watchOptions(input));
}
