import { connect } from 'node:net';
import type { Command } from '../../src/protocol/commands.ts';

/** Another watcher of the engine, which counts its heartbeats. */
export interface Client {
  /** `at` (engine's clock, ms) of each heartbeat heard. */
  readonly beats: number[];
  command(command: Command): void;
  close(): void;
}

export function openClient(socketPath: string): Promise<Client> {
  const beats: number[] = [];
  const socket = connect(socketPath);
  let rest = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    // Parsing a flooded log here would take from what we measure.
    for (const line of lines) if (line.includes('"heartbeat"')) beats.push(JSON.parse(line).pulse.at);
  });
  const write = (request: object) => socket.write(`${JSON.stringify(request)}\n`);
  let id = 0;
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      write({ kind: 'attach', afterSeq: Number.MAX_SAFE_INTEGER, pulse: true });
      resolve({
        beats,
        command: (command) => void write({ kind: 'command', id: String(id++), command }),
        close: () => void socket.destroy(),
      });
    });
  });
}

/** The longest silence between two beats, ms; a steady engine has 1000. */
export function longestGap(beats: readonly number[]): number {
  if (beats.length < 2) return Number.POSITIVE_INFINITY;
  return Math.max(...beats.slice(1).map((at, i) => at - beats[i]!));
}
