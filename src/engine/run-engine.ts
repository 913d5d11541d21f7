import { writeFileSync, writeSync } from 'node:fs';
import type { Consent } from '../config/consent.ts';
import { linesOfFile } from '../journal/lines-of.ts';
import { UserError } from '../protocol/failure.ts';
import { environmentFailureOf } from '../workspace/git-failure.ts';
import { type AwayTeller, tellWhenAway } from './away-teller.ts';
import { ConsentNeeded } from './consent-needed.ts';
import { drive, type Ending } from './drive.ts';
import { journalDeleted, lockLost, removeRemains, uncaughtFault } from './end-of-run.ts';
import type { EngineOptions } from './engine-options.ts';
import { giveBackName } from './give-back.ts';
import { growLittleFromNow } from './heap-growth.ts';
import { type OpenRun, openRun } from './open-run.ts';
import { runPaths, socketPath } from './paths.ts';
import { type Lock, takeLock } from './run-lock.ts';
import { listen, type SocketServer, serve } from './socket-server.ts';
import { removeUnbegun } from './unbegun.ts';

/** A reader that stopped reading may hold the end of the engine up for this long, ms. */
const closeGraceMs = 2000;
/** INT, TERM and KILL take 15 s at most. */
const letGoMs = 20_000;

/**
 * The engine process: takes the project's lock, opens the run, listens, drives the loop to its end.
 * @param readyFd where the one line `{"socket": ..., "warnings": [...]}` or `{"error": ..., "exitCode": ...}` goes.
 * @returns the exit code.
 */
export async function runEngine(options: EngineOptions, readyFd: number): Promise<number> {
  const ready = (answer: object) => {
    try {
      writeSync(readyFd, `${JSON.stringify(answer)}\n`);
    } catch {
      // Whoever started us is gone already; the run goes on.
    }
  };
  let lock: ReturnType<typeof takeLock>;
  try {
    lock = takeLock(options.projectDir, options.tag);
  } catch (error) {
    const failure = startFailure(error as Error);
    ready(failure);
    return failure.exitCode;
  }
  if ('holder' in lock) {
    ready({
      error: `run ${lock.holder.tag} is going on already (pid ${lock.holder.pid}). See it with: pawl attach`,
      exitCode: 3,
      busy: true,
    });
    return 3;
  }
  try {
    return await ownRun(options, lock, ready);
  } catch (error) {
    const failure = startFailure(error as Error);
    ready(failure);
    return failure.exitCode;
  } finally {
    lock.release();
  }
}

/** Why the run cannot start, for the user; a fault of ours also leaves its stack in engine.log. */
function startFailure(error: Error): { error: string; exitCode: number; consent?: Consent } {
  if (error instanceof ConsentNeeded) return { error: error.message, exitCode: 3, consent: error.to };
  if (error instanceof UserError) return { error: error.message, exitCode: error.exitCode };
  const environment = environmentFailureOf(error);
  if (environment) return { error: `${environment.message}. ${environment.next}`, exitCode: 3 };
  process.stderr.write(`${error.stack}\n`);
  return { error: `the engine failed: ${error.message}`, exitCode: 1 };
}

async function ownRun(options: EngineOptions, lock: Lock, ready: (answer: object) => void): Promise<number> {
  const paths = runPaths(options.projectDir, options.tag);
  let server: SocketServer | null = null;
  let wasDeleted = false;
  let away: AwayTeller | null = null;
  giveBackName(options.projectDir, paths);
  const socket = socketPath(paths.dir);
  const listener = await listen(socket);
  let run: OpenRun;
  try {
    writeFileSync(paths.socketNote, `${socket}\n`);
    await removeUnbegun(options.projectDir, options.tag);
    run = await openRun(options, {
      event: (event) => {
        server?.event(event);
        away?.saw(run.bench.session.state);
      },
      pulse: (pulse) => server?.pulse(pulse),
    });
  } catch (error) {
    listener.close();
    throw error;
  }
  growLittleFromNow();
  try {
    server = serve(listener, {
      version: run.version,
      tag: options.tag,
      project: options.projectDir,
      eventsAfter: (seq) =>
        seq >= run.bench.session.state.seq ? [] : linesAfter(paths.journal, run.waiting(), seq),
      lastSeq: () => run.bench.session.state.seq,
      state: () => run.bench.session.state,
      present: () => run.present(),
      command: (command) => run.bench.controls.command(command),
    });
    away = tellWhenAway(run.bench.session, () => server?.clients() === 0);
    ready({ socket, warnings: run.warnings });
    stopOnSignals(run);
    let working = true;
    const driven = drive(run.bench, options.verifyOnly).finally(() => {
      working = false;
    });
    const deleted = journalDeleted(paths);
    const lost = lockLost(lock);
    const ending = await Promise.race([driven, deleted.gone, lost.gone, uncaughtFault()]).catch(
      // What fails in a folder that is gone is no fault of ours, and shows before anybody looks.
      (error) => deleted.look() ?? brokenEngine(error),
    );
    wasDeleted = deleted.happened();
    deleted.end();
    lost.end();
    if (working) await letGo(run, driven);
    run.bench.session.append({ type: 'run.ended', ...ending });
    run.bench.session.phase('ended', run.bench.session.state.experiments.length - 1, ending.why);
    return ending.exitCode;
  } finally {
    await run.close();
    await away?.end();
    await server?.close(closeGraceMs);
    if (wasDeleted) removeRemains(options.projectDir, paths);
  }
}

/** Stops what may still run when something else than the loop ended the run. */
async function letGo(run: OpenRun, driven: Promise<Ending>): Promise<void> {
  run.bench.controls.endNow();
  await Promise.race([
    driven.catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, letGoMs).unref()),
  ]);
}

/** A fault of ours ends the run with its stack in engine.log; the run can be resumed. */
function brokenEngine(error: Error): Ending {
  process.stderr.write(`${error.stack}\n`);
  return { outcome: 'failed', why: `pawl itself failed: ${error.message} (see engine.log)`, exitCode: 1 };
}

/** Lines of the journal after `seq`: seq grows by one per line, so the line number is the seq. */
function* linesAfter(path: string, waiting: string[], seq: number): Generator<string> {
  let line = 0;
  for (const text of linesOfFile(path)) if (++line > seq) yield text;
  for (const text of waiting) if (++line > seq) yield text;
}

function stopOnSignals(run: OpenRun): void {
  const stop = () => void run.bench.controls.command({ type: 'stop', when: 'now' });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // The terminal that started us may close; that is no reason to end a night's work.
  process.on('SIGHUP', () => {});
}
