import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { runPaths } from '../engine/engine-options.ts';
import { isElsewhere, type LockHolder, lockHolder, lockPath, silentMs } from '../engine/lock-holder.ts';
import { UserError } from '../protocol/failure.ts';
import { loadRun, runTags } from './find-runs.ts';
import { asTyped } from './own-command.ts';
import { overText } from './run-over.ts';

export interface GoingOn {
  tag: string;
  socket: string;
  runDir: string;
}

/** An engine that lives but does not listen for this long is stuck, ms. */
const startMs = 30_000;

/**
 * The run whose engine lives now, or null. Waits for an engine that is just starting or just ending.
 * @throws UserError when it lives but never listens.
 */
export async function goingOn(projectDir: string): Promise<GoingOn | null> {
  const until = performance.now() + startMs;
  for (;;) {
    const holder = lockHolder(projectDir);
    if (!holder) return null;
    if (isElsewhere(holder)) throw new UserError(elsewhere(projectDir, holder), 3);
    const paths = runPaths(projectDir, holder.tag);
    if (existsSync(paths.socketNote)) {
      const socket = readFileSync(paths.socketNote, 'utf8').trim();
      if (await listens(socket)) return { tag: holder.tag, socket, runDir: paths.dir };
    }
    if (performance.now() > until) {
      throw new UserError(
        `the engine of run ${holder.tag} (pid ${holder.pid}) lives but does not answer. See ${paths.engineLog}; if it hangs: kill ${holder.pid}`,
        3,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function elsewhere(projectDir: string, holder: LockHolder): string {
  return (
    `run ${holder.tag} is going on on ${holder.host ?? 'another machine'} (pid ${holder.pid} there), not on this one.\n` +
    `Look at it there. If that machine or container is gone, wait ${silentMs / 1000} seconds, or: rm ${lockPath(projectDir)}`
  );
}

/** As goingOn. @throws UserError when nothing runs. */
export async function mustBeGoingOn(projectDir: string): Promise<GoingOn> {
  const run = await goingOn(projectDir);
  if (run) return run;
  if (runTags(projectDir).length === 0)
    throw new UserError(`nothing runs in ${projectDir}, and nothing has. Start with: pawl run`);
  throw new UserError(`nothing runs in ${projectDir} now.\n${asTyped(overText(loadRun(projectDir).state))}`);
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
