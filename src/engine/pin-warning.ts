import type { Grounds } from '../trial/sandbox/plan.ts';
import { mostPins, worktreePlaces } from '../trial/sandbox/writable.ts';
import type { Bench } from './step.ts';

/**
 * What to tell of files that the sandbox cannot keep read-only because there are too many beside the surface; null when
 * there are not.
 * @param cwd folder that the command runs in
 */
export function pinWarning(grounds: Grounds, cwd: string): string | null {
  const { worktree, tracked, surface } = grounds;
  const { unpinned } = worktreePlaces(
    tracked,
    cwd === worktree ? '' : cwd.slice(worktree.length + 1),
    surface,
  );
  if (unpinned === 0) return null;
  return (
    `${unpinned} of the tracked files and folders beside the surface are more than the ${mostPins} that the sandbox can ` +
    'make read-only: a trial that changes one is found out afterwards. Put the surface into a folder of its own'
  );
}

/** Once for each sitting, when the screens are there. */
export async function tellOfPins({ session, workspace, shelter }: Bench): Promise<void> {
  if (shelter.bwrap === null) return;
  const warning = pinWarning(await workspace.grounds(session.state.champion.sha), workspace.cwd);
  if (warning !== null) session.notice('warn', warning);
}
