import { join } from 'node:path';
import { openPty, type Pty } from '../harness/pty.ts';
import type { Night } from './night.ts';
import { launcher } from './run-pawl.ts';

// A screen in a real terminal on a real run, for the tests of the keys.

/** `pawl ...args` on a terminal of its own, in the night's project. */
export function openScreen(
  night: Night,
  args: string[],
  env: Record<string, string> = {},
  size?: [columns: number, rows: number],
): Pty {
  const { directory, env: own, home } = night.project;
  return openPty(process.execPath, [launcher, ...args], {
    cwd: directory,
    env: { ...own, STAY: join(home, 'stay'), ...env },
    ...(size ? { columns: size[0], rows: size[1] } : {}),
  });
}

/** Presses until it is heard: for 250 ms after a question has closed, keys that act are deaf on purpose. */
export async function press(pty: Pty, key: string, wanted: RegExp | string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await pty.press(key);
    try {
      return await pty.waitFor(wanted, tries < 10 ? 400 : 5000);
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}

/** Presses, and waits until a text has left the screen: a frame of before must not be taken for an answer. */
export async function pressAway(pty: Pty, key: string, text: string): Promise<void> {
  await pty.press(key);
  await pty.waitFor((screen) => !screen.includes(text));
}
