import { projectOfRun } from '../engine/paths.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import type { Attached, AttachOptions } from '../screen/attach-screen.tsx';
import { openTerminalInput } from '../screen/terminal/terminal-input.ts';
import { wantsBackground } from '../screen/theme/choose-look.ts';
import { type ScreenWish, screenWish } from './screen-options.ts';
import { growLittle } from './small-heap.ts';

/** Opens the screen on this terminal, as the user wants it, until they leave. */
export async function openScreen(
  story: Pick<AttachOptions, 'socketPath' | 'source' | 'runDir'>,
  options: Parameters<typeof screenWish>[0] & { reader?: boolean },
): Promise<Attached> {
  const wish: ScreenWish = screenWish(options);
  // Asked before the screen's code is loaded: the terminal answers meanwhile.
  const input = openTerminalInput(process.stdin, (codes) => process.stdout.write(codes));
  try {
    const ask = !options.reader && wantsBackground({ ...wish.look, user: wish.user, env: process.env });
    const background = ask ? input.askBackground() : Promise.resolve(null);
    const { attachScreen } = await import('../screen/attach-screen.tsx');
    const { rebind } = await import('../screen/keys/rebind.ts');
    growLittle();
    return await attachScreen({
      ...story,
      compare: async (from, to) => {
        const { compareCommits } = await import('../workspace/compare.ts');
        return maskSecrets(await compareCommits(projectOfRun(story.runDir), from, to));
      },
      ...wish.look,
      reader: options.reader,
      input,
      background,
      user: wish.user,
      userProblems: [...wish.problems, ...rebind(wish.user.keys, wish.where).problems],
    });
  } finally {
    input.close();
  }
}
