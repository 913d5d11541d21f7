import { runPaths } from '../engine/engine-options.ts';
import { lastEvent } from '../journal/last-event.ts';
import { UserError } from '../protocol/failure.ts';
import type { CommandInput } from './command.ts';
import { findTag, loadRun } from './find-runs.ts';
import { goingOn } from './going-on.ts';
import { asTyped } from './own-command.ts';
import { ownProject } from './own-project.ts';
import { runOverrides, watchOptions } from './run-options.ts';
import { startRun } from './start-run.ts';

/** `pawl resume`: goes on with a run, whatever ended it. */
export async function run(input: CommandInput): Promise<number> {
  const dir = await ownProject(input);
  const wanted = input.options.tag as string | undefined;
  const alive = await goingOn(dir);
  if (alive) {
    const where = input.options.dir === undefined ? '' : ` -C ${dir}`;
    throw new UserError(
      `run ${alive.tag} is going on already. ${asTyped(`See it with: pawl attach${where}`)}`,
      3,
    );
  }
  const tag = findTag(dir, wanted);
  const last = lastEvent(runPaths(dir, tag).journal);
  // All of a long journal is read for this question only when it matters.
  if (last?.type === 'run.ended' && last.outcome === 'failed') mustHaveBaseline(dir, tag);
  return startRun({ projectDir: dir, tag, ...runOverrides(input) }, watchOptions(input));
}

function mustHaveBaseline(dir: string, tag: string): void {
  const { state } = loadRun(dir, tag);
  if (state.experiments[0]?.verdict === 'kept') return;
  throw new UserError(
    `run ${state.tag} never had a baseline (${state.ended?.why ?? 'it failed'}). Start afresh: pawl run`,
    3,
  );
}
