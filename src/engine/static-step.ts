import type { Refusal } from '../propose/proposer.ts';
import { staticFaults } from '../trial/static/static-check.ts';
import type { Staged } from '../workspace/workspace.ts';
import { checkWalls } from './check-walls.ts';
import type { Bench } from './step.ts';

/** Kinds of files that somebody here can look at. */
const readable = /\.(?:py|[cm]?[jt]s|[jt]sx|json|ya?ml|toml)$/i;
const mostTold = 5;

/** What a staged change would crash with at once, as far as a look at it tells; null = nothing. */
export async function staticRefusal(
  bench: Bench,
  staged: Staged,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const { session, workspace } = bench;
  const { champion, settings, cookie } = session.state;
  const paths = staged.files.filter((path) => readable.test(path));
  if (settings!.staticCheck === 'off' || paths.length === 0) return null;
  const [before, after] = await Promise.all([
    workspace.surface(champion.sha),
    workspace.surface(staged.tree),
  ]);
  const changes = paths.flatMap((path) => {
    const text = after.get(path);
    return text === undefined ? [] : [{ path, before: before.get(path) ?? null, after: text }];
  });
  const faults = await staticFaults(changes, settings!.command, {
    cwd: workspace.cwd,
    walls: await checkWalls(bench),
    env: { PAWL_RUN_ID: cookie },
    signal,
  });
  signal.throwIfAborted();
  if (faults.length === 0) return null;
  const told = faults
    .slice(0, mostTold)
    .map(({ path, line, what }) => `${path}${line === null ? '' : `:${line}`}: ${what}`);
  return {
    code: 'static',
    why: `it would crash: ${told[0]}`,
    feedback: `Your change was not run, because it would crash:\n${told.join('\n')}\nSend the same change again without the mistake.`,
  };
}
