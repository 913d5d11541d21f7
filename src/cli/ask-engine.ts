import type { Command } from '../protocol/commands.ts';
import { connect } from '../protocol/connection.ts';
import { say, tell } from './print.ts';

/** Sends one command to a running engine, prints its answer. @returns the exit code. */
export async function askEngine(socket: string, command: Command): Promise<number> {
  return new Promise((resolve) => {
    let asked = false;
    const connection = connect(socket, {
      pulse: false,
      afterSeq: () => Number.MAX_SAFE_INTEGER,
      message: () => {},
      lost: () => {
        if (asked) return;
        tell('the engine does not answer');
        connection.close();
        resolve(1);
      },
      opened: () => {
        asked = true;
        void connection.send(command).then((reply) => {
          connection.close();
          (reply.ok ? say : tell)(reply.message);
          resolve(reply.ok ? 0 : 1);
        });
      },
    });
  });
}
