import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lives } from '../e2e/night.ts';
import { eventsIn, launcher, type Ran, stateIn, tagsIn, until } from '../e2e/run-pawl.ts';
import { openPty } from '../harness/pty.ts';
import type { KillPlan, SmallRun } from './small-run.ts';
import { faultsAfter, lookBefore, orphansOf } from './whole.ts';

/** A moment by the clock, and who dies in it. */
export interface Surprise {
  afterMs: number;
  whom: 'engine' | 'watcher' | 'screen' | 'trial' | 'all';
}

export type Kill = KillPlan | Surprise;

/** What one kill did. */
export interface Outcome {
  kill: Kill;
  /** False: the engine never came to that effect, or there was nobody to kill. */
  killed: boolean;
  faults: string[];
}

const begun = (run: SmallRun) =>
  tagsIn(run.project.directory).length > 0 && eventsIn(run.project.directory).length > 0;

const decided = (run: SmallRun) =>
  begun(run)
    ? stateIn(run.project.directory).experiments.filter((e) => e.verdict !== null && e.n > 0).length
    : 0;

/** Starts the run, or goes on with it, until so many experiments are decided. */
function goOn(run: SmallRun, env: Record<string, string>, experiments: number) {
  const verb = begun(run) ? ['resume'] : ['run', '--seed', '5'];
  return run.startWith(env, ...verb, '--headless', '-n', String(experiments));
}

/** Records the names of the effects of going on for `more` experiments, in their order. */
export async function record(run: SmallRun, more: number): Promise<string[]> {
  rmSync(run.effectsPath, { force: true });
  const ran = await goOn(run, run.recording, decided(run) + more).ended;
  if (ran.code !== 0) throw new Error(`the run to learn from failed: ${ran.stderr}`);
  await restful(run);
  return readFileSync(run.effectsPath, 'utf8').trim().split('\n');
}

/** Kills as told, goes on to the end, and looks at everything. */
export async function killAndGoOn(run: SmallRun, kill: Kill): Promise<Outcome> {
  const before = lookBefore(run);
  const wanted = decided(run) + 2;
  const killed = 'name' in kill ? await killAt(run, kill, wanted) : await killSoon(run, kill, wanted);
  await until('the engine is gone', () => run.engine() === null);
  // The gits of a dead engine end with their input; one may be in the middle of its work.
  await until(
    'the gits of the dead engine ended',
    () => !orphansOf(run).some((words) => / git /.test(words)),
  );
  const after = { ...lookBefore(run), user: before.user };
  const faults = after.journal.startsWith(before.journal) ? [] : ['lost: the kill took lines of the journal'];
  const again = await goOn(run, {}, wanted).ended;
  await restful(run).catch(() => {});
  if (again.code !== 0) return { kill, killed, faults: [...faults, refusal(again)] };
  return { kill, killed, faults: [...faults, ...faultsAfter(run, after)] };
}

async function killAt(run: SmallRun, plan: KillPlan, wanted: number): Promise<boolean> {
  const died = `${run.effectsPath}.died`;
  rmSync(died, { force: true });
  await goOn(run, run.armed(plan), wanted).ended;
  return existsSync(died);
}

async function killSoon(run: SmallRun, { afterMs, whom }: Surprise, wanted: number): Promise<boolean> {
  const pawl = goOn(run, {}, wanted);
  let over = false;
  void pawl.ended.then(() => {
    over = true;
  });
  await until('there is an engine', () => over || run.engine() !== null);
  const screen = whom === 'screen' && !over ? attached(run) : null;
  await sleep(afterMs);
  const engine = run.engine();
  const trial = () => run.trialProcesses();
  if (whom === 'trial') await until('a trial', () => over || trial().length > 0);
  const victims = {
    engine: () => [engine],
    watcher: () => [pawl.child.pid],
    screen: () => [screen?.pid ?? null],
    trial,
    all: () => [...orphansOf(run).map((line) => Number.parseInt(line, 10)), engine, pawl.child.pid],
  }[whom]();
  const dead = victims.filter((pid) => pid !== null && pid !== undefined && lives(pid) && kill9(pid));
  await pawl.ended;
  await screen?.end();
  return dead.length > 0;
}

/** A screen that watches the run, in a terminal of its own. */
function attached({ project }: SmallRun): { pid: number; end(): Promise<void> } {
  const pty = openPty(process.execPath, [launcher, 'attach'], { cwd: project.directory, env: project.env });
  return {
    pid: pty.pid,
    async end() {
      pty.kill('SIGKILL');
      await pty.exit;
    },
  };
}

function kill9(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Waits until nothing of the run lives. */
const restful = (run: SmallRun) =>
  until('the engine has tidied up', () => run.engine() === null && orphansOf(run).length === 0);

const refusal = (ran: Ran) => `it could not go on: exit ${ran.code}: ${ran.stderr}${ran.stdout.slice(-400)}`;
