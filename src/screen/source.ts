import { stateShape } from '../journal/snapshot.ts';
import type { Command } from '../protocol/commands.ts';
import { connect, type Reply } from '../protocol/connection.ts';
import type { Controller } from './keys/controller.ts';
import type { ScreenStore } from './store.ts';

/** Where a screen has its story from: an engine that lives, or a journal that is played. */
export interface ScreenSource {
  /** Time in the story, ms; the wall clock's unless it is played. */
  now?: () => number;
  open(store: ScreenStore): OpenSource;
}

export interface OpenSource {
  send(command: Command): Promise<Reply>;
  close(): void;
  /** Keys that mean something to the source itself, before all others. */
  keys?(inner: Controller): Controller;
}

const patienceMs = 5000;

/** An engine, over its socket. */
export function engineSource(socketPath: string): ScreenSource {
  return {
    open(store) {
      const startedAt = Date.now();
      let reached = false;
      return connect(socketPath, {
        message: (message) => store.receive(message),
        opened: () => {
          reached = true;
        },
        // An engine that is still starting is not a lost one.
        lost: () => {
          if (reached || Date.now() - startedAt > patienceMs) store.set({ link: 'gone' });
        },
        shape: stateShape,
        afterSeq: () => store.current().run.seq,
      });
    },
  };
}
