import { chmodSync, lstatSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

import { followEnergy } from '../gpu/energy.ts';
import { trialSeed } from '../loop/seeds.ts';
import type { EventBody } from '../protocol/events.ts';
import type { TrialRole } from '../protocol/words.ts';
import { environmentFailureOf } from '../workspace/git-failure.ts';
import { removeStubborn } from '../workspace/leftovers.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { barAfter } from './bar-after.ts';
import { type EarlyWatch, watchTrial } from './early-watch.ts';
import { endWriting, writeBeside } from './overlap.ts';
import { prepareCache } from './prepare-cache.ts';
import { type Bench, takeJustStaged, withEnvironment } from './step.ts';
import { holdWhenVoidAgain } from './void-again.ts';

export interface TrialWish {
  n: number;
  role: TrialRole;
  seedIndex: number;
  why: string;
  /** Run instead of the project's command. */
  command?: string;
}

/**
 * Runs one trial of experiment `n` on its commit and writes it to the journal.
 * @returns the result; outcome `stopped` when the user interrupted it.
 */
export async function runTrial(
  bench: Bench,
  wish: TrialWish,
  standing: number | null,
): Promise<EventBody<'trial.ended'>> {
  const { session, workspace, paths } = bench;
  const settings = session.state.settings!;
  const experiment = session.state.experiments[wish.n]!;
  const sha = experiment.sha!;
  const k = experiment.trials.length;
  const files = paths.experiment(wish.n);
  const seed = trialSeed(session.state.seed, wish.seedIndex);
  let early: EarlyWatch | null = null;
  // Nothing is written beside a measurement that a claim or the champion rests on.
  if (standing === null) await endWriting(bench.overlap);
  const trial = await withEnvironment(bench, standing, async () => {
    if (!takeJustStaged(bench, sha)) await workspace.checkout(sha);
    await bench.lease.toTrial();
    await bench.surroundings.mustBeReady();
    mkdirSync(files.out(k), { recursive: true });
    await prepareCache(bench, wish.n);
    bench.gpu.peakMemoryMiB(true);
    bench.overlap.beside = bench.overlap.writing !== null;
    const grounds = await workspace.grounds(sha);
    const startedAt = Date.now();
    let told = 0;
    const running = await bench.runner.start(
      {
        n: wish.n,
        k,
        cwd: workspace.cwd,
        command: wish.command ?? settings.command,
        evaluate: wish.command === undefined ? (settings.evaluate ?? null) : null,
        beforeEvaluation: async () => {
          const removed = await workspace.unplant(sha);
          return removed.length > 0
            ? [`removed, because the evaluator could import it by mistake: ${listed(removed)}`]
            : [];
        },
        settings,
        logPath: files.log(k),
        cacheDir: paths.cache,
        outDir: files.out(k),
        cookie: session.state.cookie,
        seed,
        grounds,
      },
      {
        log: (lines, live, dropped) => {
          const first = told + dropped;
          told = first + lines.length;
          session.pulse({ type: 'log', n: wish.n, k, lines, live, dropped, first });
        },
        curve(points, of) {
          early?.push(points);
          session.pulse({ type: 'curve', n: wish.n, k, points, ...(of === null ? {} : { of }) });
        },
        broken: (step) => early?.broken(step),
        memory: (rss) => bench.memory(rss),
      },
    );
    // Only now: what fails to start must not be watched for ever.
    const energy = followEnergy(bench.reports, (index) => !bench.overlap.writing?.on.includes(index));
    return { running, startedAt, energy, around: bench.surroundings.watch() };
  }).catch((error: unknown) => {
    bench.lease.trialOver();
    throw error;
  });
  const changed = `${experiment.hypothesis}\n${changedLines(files.diff)}`;
  const { running } = trial;
  early = watchTrial(
    session.state,
    wish.n,
    wish.role,
    changed,
    (why) => running.stop(why),
    () => running.waited?.() ?? null,
  );
  session.append({
    type: 'trial.started',
    n: wish.n,
    k,
    role: wish.role,
    sha,
    process: trial.running.process,
    seed,
  });
  session.phase(
    wish.n === 0 && wish.role === 'baseline' ? 'baseline' : 'training',
    standing ?? wish.n,
    wish.why,
  );
  session.pulse({
    type: 'trial.started',
    n: wish.n,
    k,
    startedAt: trial.startedAt,
    budgetMs: settings.budgetMs,
    timeoutMs: settings.timeoutMs,
  });
  const finished = bench.controls.begin({
    n: standing ?? wish.n,
    kind: 'trial',
    interrupt: (cause) => trial.running.stop(stopReason[cause]),
  });
  if (standing === wish.n && wish.n > 0) writeBeside(bench, wish.n);
  try {
    const result = await trial.running.result;
    bench.lease.trialOver();
    const energyWh = trial.energy();
    for (const folder of [paths.worktree, workspace.cwd, files.out(k), paths.cache]) openAgain(folder);
    const checked = result.outcome === 'ok' ? await trust(workspace, sha) : {};
    const measured: EventBody<'trial.ended'> = {
      type: 'trial.ended',
      n: wish.n,
      k,
      role: wish.role,
      ...result,
      ...checked,
      ...early.ended(result),
      peakVramMiB: bench.gpu.peakMemoryMiB(false),
      ...(energyWh === null ? {} : { energyWh }),
    };
    const ended = { ...measured, ...(await trial.around(measured)) };
    const moves = wish.role === 'champion' && ended.outcome === 'ok';
    session.append(moves ? { ...ended, bar: barAfter(session, ended) } : ended);
    writeMetrics(files.metrics, { ...result.metrics, trial: k, outcome: ended.outcome });
    // It counts for nothing, and it will be run again.
    if (ended.outcome === 'void') await removeStubborn(files.out(k)).catch(() => {});
    if (ended.outcome === 'void') await holdWhenVoidAgain(bench, wish.n, standing);
    return ended;
  } finally {
    finished();
    removeIfEmpty(files.out(k));
    bench.memory(null);
  }
}

const stopReason = {
  skip: 'skipped by you',
  hold: 'held by you; runs again on release',
  move: 'the champion it stood on was reverted',
  stop: 'the run was stopped',
  'stop-after': 'the run was stopped',
} as const;

/** Lines of the change, without its surroundings; empty when there is no diff to read. */
function changedLines(diffPath: string): string {
  try {
    return readFileSync(diffPath, 'utf8')
      .split('\n')
      .filter((line) => /^[-+](?![-+])/.test(line))
      .join('\n');
  } catch {
    return '';
  }
}

/** A trial may have locked a folder of ours, for itself and for all that come after it. */
function openAgain(folder: string): void {
  try {
    const { mode } = lstatSync(folder);
    if ((mode & 0o700) !== 0o700) chmodSync(folder, (mode & 0o7777) | 0o700);
  } catch {
    // Gone, or another user's: whoever needs it says so.
  }
}

/** A copy for other tools; the journal has them. */
function writeMetrics(path: string, metrics: object): void {
  try {
    writeFileSync(path, `${JSON.stringify(metrics)}\n`);
  } catch {
    // The disk is full: the next step says so.
  }
}

/** What the worktree says about a trial's number. */
async function trust(workspace: Workspace, sha: string): Promise<Partial<EventBody<'trial.ended'>>> {
  try {
    const locked = await workspace.changedSince(sha);
    if (locked.length > 0) return distrust('changed tracked files', locked);
    const putBack = await workspace.putBackSince(sha);
    return putBack.length > 0 ? distrust('wrote to locked files and put them back', putBack) : {};
  } catch (error) {
    const failure = environmentFailureOf(error);
    if (!failure) throw error;
    return { outcome: 'void', metric: null, why: `its files could not be checked: ${failure.message}` };
  }
}

/** A number from a trial that rewrote tracked files is not a measurement of the commit. */
function distrust(
  did: string,
  paths: string[],
): Pick<EventBody<'trial.ended'>, 'outcome' | 'metric' | 'why'> {
  return {
    outcome: 'crashed',
    metric: null,
    why: `the trial ${did} (${listed(paths)}); its number is not trusted`,
  };
}

/** At most three of them by name. */
function listed(paths: readonly string[]): string {
  return paths.slice(0, 3).join(', ') + (paths.length > 3 ? ` and ${paths.length - 3} more` : '');
}

/** Most scripts write nothing there: ten thousand empty folders help nobody. */
function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // Not empty: it is kept with the experiment.
  }
}
