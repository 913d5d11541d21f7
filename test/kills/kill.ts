import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Ran } from '../e2e/run-pawl.ts';
import { eventsIn, stateIn, tagsIn, until } from '../e2e/run-pawl.ts';
import type { KillPlan, SmallRun } from './small-run.ts';
import { faultsAfter, lookBefore, orphansOf } from './whole.ts';

/** What one kill did. */
export interface Outcome {
  plan: KillPlan;
  /** False: the engine never came to that effect. */
  killed: boolean;
  faults: string[];
}

const begun = (run: SmallRun) =>
  tagsIn(run.project.directory).length > 0 && eventsIn(run.project.directory).length > 0;

const decided = (run: SmallRun) =>
  begun(run)
    ? stateIn(run.project.directory).experiments.filter((e) => e.verdict !== null && e.n > 0).length
    : 0;

/** Starts the run, or goes on with it, until `more` experiments more are decided. */
export function goOn(run: SmallRun, env: Record<string, string>, until: number) {
  const verb = begun(run) ? ['resume'] : ['run', '--seed', '5'];
  return run.startWith(env, ...verb, '--headless', '-n', String(until));
}

/** Records the names of the effects of going on for `more` experiments, in their order. */
export async function record(run: SmallRun, more: number): Promise<string[]> {
  rmSync(run.effectsPath, { force: true });
  const ran = await goOn(run, run.recording, decided(run) + more).ended;
  if (ran.code !== 0) throw new Error(`the run to learn from failed: ${ran.stderr}`);
  return readFileSync(run.effectsPath, 'utf8').trim().split('\n');
}

/** Kills at the planned effect, goes on to the end, and looks at everything. */
export async function killAndGoOn(run: SmallRun, plan: KillPlan): Promise<Outcome> {
  const before = lookBefore(run);
  const wanted = decided(run) + 2;
  const died = `${run.effectsPath}.died`;
  rmSync(died, { force: true });
  const armed = goOn(run, run.armed(plan), wanted);
  await armed.ended;
  const killed = existsSync(died);
  await until('the engine is gone', () => run.engine() === null);
  // Its gits end with their input; one may be in the middle of its work.
  await until('gits of the dead engine ended', () => !orphansOf(run).some((words) => / git /.test(words)));
  const after = { ...lookBefore(run), user: before.user };
  const faults = after.journal.startsWith(before.journal) ? [] : ['lost: the kill took lines of the journal'];
  const again = await goOn(run, {}, wanted).ended;
  await until('the engine has tidied up', () => run.engine() === null && orphansOf(run).length === 0).catch(
    () => {},
  );
  if (again.code !== 0) return { plan, killed, faults: [...faults, refusal(again)] };
  return { plan, killed, faults: [...faults, ...faultsAfter(run, after)] };
}

const refusal = (ran: Ran) => `it could not go on: exit ${ran.code}: ${ran.stderr}${ran.stdout.slice(-400)}`;
