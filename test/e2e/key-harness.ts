import { join } from 'node:path';
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
