import { resolve } from 'node:path';
import { projectOfRun } from '../engine/paths.ts';
import { UserError } from '../protocol/failure.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import { watchComparisons } from '../screen/diff/compare.ts';
import { replaySource } from '../screen/replay/player.ts';
import { shotPath } from '../screen/shot/shot-path.ts';
import { writeShot } from '../screen/shot/write-shot.ts';
import { engineSource, type ScreenSource } from '../screen/source.ts';
import { createScreenStore, type ScreenStore } from '../screen/store.ts';
import { chooseLook } from '../screen/theme/choose-look.ts';
import { createLook } from '../screen/theme/look.ts';
import { compareCommits } from '../workspace/compare.ts';
import type { CommandInput } from './command.ts';
import { goingOn } from './going-on.ts';
import { ownProject } from './own-project.ts';
import { say, tell } from './print.ts';
import { recordedRun } from './replay.ts';
import { watchOptions } from './run-options.ts';
import { screenWish, sizeOption } from './screen-options.ts';

/** `pawl shot [tag]`: writes the screen of a run, live or over, as a picture or text. */
export async function run(input: CommandInput): Promise<number> {
  const project = await ownProject(input);
  const tag = input.args[0];
  const size = sizeOption((input.options.size as string | undefined) ?? '120x40');
  const wish = screenWish(watchOptions(input));
  const alive = await goingOn(project);
  const live = alive !== null && (tag === undefined || tag === alive.tag) ? alive : null;
  const recorded = live ? null : recordedRun(project, tag);
  const dir = live?.runDir ?? recorded!.dir;
  const source = live
    ? engineSource(live.socket)
    : replaySource({ events: recorded!.events, runDir: dir, speed: 1, atEnd: true, quiet: true });

  // What the terminal is like matters not to a file: all colours, and those of the asked theme.
  const env = { COLORTERM: 'truecolor' };
  const problems: string[] = [];
  const look = chooseLook({ ...wish.look, user: wish.user, env }, null, problems);
  for (const problem of problems) tell(problem);
  const out = input.options.out === undefined ? shotPath(dir) : resolve(String(input.options.out));
  const { store, close } = await settled(source, size, recorded !== null);
  const unwatch = watchComparisons(store, async (from, to) =>
    maskSecrets(await compareCommits(projectOfRun(dir), from, to)),
  );
  try {
    await compared(store);
    const { run } = store.current();
    await writeShot({ store, look: createLook(look), extents: {} }, out, {
      title: `pawl ${run.tag}`,
      window: look.light ? 'light' : 'dark',
    });
  } catch (error) {
    throw new UserError(`cannot write the shot: ${(error as Error).message}`);
  } finally {
    unwatch();
    close();
  }
  say(out);
  return 0;
}

/** Waits until the diff of the picture, if it is one of two commits, was read; not for ever. */
async function compared(store: ScreenStore): Promise<void> {
  // Looks at the snapshot anew: who watches has come after it.
  store.look({});
  const reading = () => {
    const { comparison } = store.current();
    return comparison !== null && comparison.text === null && comparison.why === null;
  };
  for (const end = Date.now() + patienceMs; reading() && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
}

const patienceMs = 10_000;

/** A store that has been told all there is. @throws UserError when an engine does not say it in time */
async function settled(
  source: ScreenSource,
  size: { columns: number; rows: number },
  recorded: boolean,
): Promise<{ store: ScreenStore; close(): void }> {
  const store = createScreenStore({ size, ...(source.now ? { storyTime: source.now } : {}) });
  const open = source.open(store);
  const close = () => {
    open.close();
    store.stop();
  };
  const told = await new Promise<boolean>((done) => {
    const deadline = setTimeout(done, patienceMs, false);
    const check = () => {
      if (store.published.getState().link !== 'live') return;
      clearTimeout(deadline);
      done(true);
    };
    store.published.subscribe(check);
    check();
  });
  if (!told) {
    close();
    throw new UserError('the engine does not tell what it does; try again', 3);
  }
  // A journal without an end whose engine is gone must not look alive.
  if (recorded && store.current().run.ended === null) store.set({ link: 'gone' });
  return { store, close };
}
