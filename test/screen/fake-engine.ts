import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../src/protocol/commands.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import type { Message, Request } from '../../src/protocol/wire.ts';

/** An engine as a screen sees it: a socket that tells a story and answers commands. */
export interface FakeEngine {
  socketPath: string;
  dir: string;
  commands: Command[];
  /** What each attach asked for. */
  attached: { afterSeq: number }[];
  answer: { ok: boolean; message: string };
  tell(event: JournalEvent): void;
  pulse(pulse: Pulse): void;
  /** Resolves once whoever watches has taken what was said so far. */
  drained(): Promise<void>;
  /** Dies, as by kill -9: the socket file stays, nobody listens. */
  die(): Promise<void>;
  revive(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an engine that has lived through `events` and shows `present` to whoever attaches. */
export async function fakeEngine(events: JournalEvent[], present: Pulse[] = []): Promise<FakeEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'pawl-screen-'));
  const socketPath = join(dir, 'engine.sock');
  const told = [...events];
  const clients = new Set<Socket>();
  let server: Server | null = null;

  const send = (socket: Socket, message: Message) => socket.write(`${JSON.stringify(message)}\n`);
  const broadcast = (message: Message) => {
    for (const socket of clients) send(socket, message);
  };
  const engine: FakeEngine = {
    socketPath,
    dir,
    commands: [],
    attached: [],
    answer: { ok: true, message: '' },
    tell(event) {
      told.push(event);
      broadcast({ kind: 'event', event });
    },
    pulse: (pulse) => broadcast({ kind: 'pulse', pulse }),
    async drained() {
      for (const socket of clients)
        while (!socket.destroyed && socket.writableNeedDrain)
          await new Promise<void>((resolve) => {
            const go = () => {
              socket.off('drain', go).off('close', go);
              resolve();
            };
            socket.on('drain', go).on('close', go);
          });
    },
    die,
    revive: listen,
    async close() {
      await die();
      await rm(dir, { recursive: true, force: true });
    },
  };

  const take = (socket: Socket, request: Request) => {
    if (request.kind === 'command') {
      const { command } = request;
      engine.commands.push(command);
      // As the real one: every screen learns of the wish.
      if (command.type === 'hold') engine.pulse({ type: 'wishes', hold: command.when, stop: null });
      return send(socket, { kind: 'reply', id: request.id, ...engine.answer });
    }
    engine.attached.push({ afterSeq: request.afterSeq });
    send(socket, {
      kind: 'hello',
      wire: 1,
      version: '0',
      tag: 'nov20',
      project: '/p',
      pid: 1,
      lastSeq: told.length,
    });
    for (const event of told) if (event.seq > request.afterSeq) send(socket, { kind: 'event', event });
    for (const pulse of present) send(socket, { kind: 'pulse', pulse });
    send(socket, { kind: 'live' });
    clients.add(socket);
  };

  async function listen(): Promise<void> {
    await rm(socketPath, { force: true });
    const fresh = createServer((socket) => {
      let rest = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const line of lines) take(socket, JSON.parse(line) as Request);
      });
      socket.on('error', () => {});
      socket.on('close', () => clients.delete(socket));
    });
    server = fresh;
    await new Promise<void>((resolve) => fresh.listen(socketPath, resolve));
  }

  async function die(): Promise<void> {
    const dying = server;
    server = null;
    if (!dying) return;
    const closed = new Promise((resolve) => dying.close(resolve));
    for (const socket of clients) socket.destroy();
    clients.clear();
    await closed;
  }

  await listen();
  return engine;
}
