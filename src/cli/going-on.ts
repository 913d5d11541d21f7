import { existsSync, readFileSync } from 'node:fs';
import { runPaths } from '../engine/engine-options.ts';
import { lockHolder } from '../engine/run-lock.ts';
import { UserError } from '../protocol/failure.ts';

export interface GoingOn {
  tag: string;
  socket: string;
  runDir: string;
}

/** The run whose engine lives now, or null. */
export function goingOn(projectDir: string): GoingOn | null {
  const holder = lockHolder(projectDir);
  if (!holder) return null;
  const paths = runPaths(projectDir, holder.tag);
  if (!existsSync(paths.socketNote)) return null;
  return { tag: holder.tag, socket: readFileSync(paths.socketNote, 'utf8').trim(), runDir: paths.dir };
}

/** As goingOn. @throws UserError when nothing runs. */
export function mustBeGoingOn(projectDir: string): GoingOn {
  const run = goingOn(projectDir);
  if (!run)
    throw new UserError(
      `nothing runs in ${projectDir}. Start with \`pawl run\`, go on with \`pawl resume\`.`,
    );
  return run;
}
