import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyState, fold } from '../../src/journal/fold.ts';
import type { RunState } from '../../src/journal/state.ts';
import type { Command } from '../../src/protocol/commands.ts';
import { connect, type Reply } from '../../src/protocol/connection.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import { runFolder } from './run-pawl.ts';

/** A screen without a picture: it sees what a screen sees and presses what a screen presses. */
export interface Steer {
  send(command: Command): Promise<Reply>;
  readonly state: RunState;
  readonly pulses: Pulse[];
  close(): void;
}

/** Path of the running engine's socket. */
export const socketOf = (directory: string): string =>
  readFileSync(join(runFolder(directory), 'engine.sock'), 'utf8').trim();

/** Attaches to the running engine; resolves when the past has been read. */
export function steer(directory: string): Promise<Steer> {
  let state = emptyState();
  const pulses: Pulse[] = [];
  return new Promise((resolve) => {
    const connection = connect(socketOf(directory), {
      afterSeq: () => state.seq,
      opened: () => {},
      lost: () => {},
      message(message) {
        if (message.kind === 'event') state = fold(state, message.event);
        else if (message.kind === 'pulse') pulses.push(message.pulse);
        else if (message.kind === 'live') {
          resolve({
            send: (command) => connection.send(command),
            get state() {
              return state;
            },
            pulses,
            close: () => connection.close(),
          });
        }
      },
    });
  });
}
