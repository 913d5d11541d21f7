import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import type { RunState } from '../../src/journal/state.ts';
import { openPty, type Pty } from '../harness/pty.ts';
import { journalFaults, type Night, openNight } from './night.ts';
import { launcher, stateIn } from './run-pawl.ts';

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

/** So long after a question or an overlay has closed, keys that act are deaf on purpose: 250 ms, and a bit. */
const deafMs = 300;
const closedAt = new WeakMap<Pty, number>();

/**
 * Presses once and waits for what must be on the screen then. The key is never repeated: on a slow machine the first one
 * is only late, and a second one would act again.
 */
export async function press(pty: Pty, key: string, wanted: RegExp | string): Promise<void> {
  await delay(Math.max(0, (closedAt.get(pty) ?? 0) + deafMs - Date.now()));
  await pty.press(key);
  await pty.waitFor(wanted, 20_000);
}

/** Presses, and waits until a text has left the screen: a frame of before must not be taken for an answer. */
export async function pressAway(pty: Pty, key: string, text: string | RegExp): Promise<void> {
  await pty.press(key);
  await pty.waitFor(
    (screen) => (typeof text === 'string' ? !screen.includes(text) : !text.test(screen)),
    20_000,
  );
  closedAt.set(pty, Date.now());
}

/** Answers the question on the screen, and waits until it is gone. */
export const answer = (pty: Pty, key: 'y' | 'n'): Promise<void> =>
  pressAway(pty, key, /\by( yes|\/N| undo) /);

/** What the tests of keys share: a run of their own each, and screens on it. */
export interface KeyBench {
  readonly night: Night;
  state(): RunState;
  /** `pawl ...args` on a terminal that goes away with the test. */
  open(args: string[], env?: Record<string, string>): Pty;
  /** Another terminal of the test, to be closed with it. */
  closes(pty: Pty): void;
  /** The screen of a run in which the trial of `n` runs and stays. */
  training(n: number, env?: Record<string, string>): Promise<Pty>;
}

/** A fresh night for each test of the file; at its end no terminal is left and the journal has no fault. */
export function eachNight(options: Parameters<typeof openNight>[0] = {}): KeyBench {
  let night: Night;
  let terminals: Pty[] = [];
  beforeEach(async () => {
    night = await openNight(options);
    terminals = [];
  });
  afterEach(async () => {
    for (const pty of terminals) pty.kill('SIGKILL');
    expect(journalFaults(night.events())).toEqual([]);
    await night.end();
  });
  const open = (args: string[], env: Record<string, string> = {}) => {
    const pty = openScreen(night, args, env);
    terminals.push(pty);
    return pty;
  };
  return {
    get night() {
      return night;
    },
    state: () => stateIn(night.project.directory),
    open,
    closes: (pty) => void terminals.push(pty),
    async training(n, env = {}) {
      night.stay(n);
      const pty = open(['run', '--seed', '1'], env);
      await night.event('trial.started', (e) => e.n === n);
      await pty.waitFor(new RegExp(`TRAIN\\s+#${n}`));
      return pty;
    },
  };
}
