import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { headOf, stateShape, thinExperiments } from '../journal/snapshot.ts';
import type { RunState } from '../journal/state.ts';
import type { Command } from '../protocol/commands.ts';
import { firstIssue, type JournalEvent } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import type { Pulse } from '../protocol/pulse.ts';
import { type Message, maxRequestBytes, requestSchema, wireVersion } from '../protocol/wire.ts';

export interface ServerOptions {
  version: string;
  tag: string;
  project: string;
  /** Past journal lines with seq greater than the given one, as they stand in the file. */
  eventsAfter(seq: number): Iterable<string>;
  lastSeq(): number;
  /** What the journal has come to so far. */
  state(): RunState;
  /** Pulses that rebuild the present for a screen that comes late. */
  present(): Pulse[];
  command(command: Command): Promise<{ ok: boolean; message: string }>;
}

export interface SocketServer {
  event(event: JournalEvent): void;
  pulse(pulse: Pulse): void;
  /** How many screens are attached. */
  clients(): number;
  /** Waits until what was written has left, at most `graceMs`, then closes. */
  close(graceMs: number): Promise<void>;
}

/** A reader this far behind loses pulses (they are lossy); this far behind in events too, it is cut off and may re-attach. Bytes. */
const pulseLimit = 1 << 20;
const eventLimit = 64 << 20;

/** Experiments in one message: some milliseconds of work, then others have their turn. */
const pieceLength = 200;

interface Client {
  socket: Socket;
  /** Events that happen while the past is being sent. */
  backlog: JournalEvent[] | null;
  attached: boolean;
  pulse: boolean;
  /** Pulses were dropped: send the present again once the reader has caught up. */
  behind: boolean;
}

/** A socket that is open before there is anything to say: who connects waits. */
export interface Listener {
  /** Answers those who have connected, and from now on all. */
  answer(welcome: (socket: Socket) => void): void;
  close(): void;
}

/**
 * Listens on a unix socket of the user's alone (0600). Done before a run begins, so that a run that nobody could see or
 * stop does not.
 * @throws UserError naming the folder and what to do.
 */
export async function listen(path: string): Promise<Listener> {
  const early: Socket[] = [];
  let welcome = (socket: Socket): void => {
    early.push(socket);
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((socket) => welcome(socket));
  // The folder is 0700 already; the mask closes the moment between listen and chmod as well.
  const mask = process.umask(0o177);
  try {
    rmSync(path, { force: true, recursive: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  } catch (error) {
    server.close();
    throw cannotListen(path, error as NodeJS.ErrnoException);
  } finally {
    process.umask(mask);
  }
  return {
    answer(next) {
      welcome = next;
      for (const socket of early.splice(0)) next(socket);
    },
    close() {
      server.close();
      for (const socket of early) socket.destroy();
      rmSync(path, { force: true });
    },
  };
}

function cannotListen(path: string, error: NodeJS.ErrnoException): UserError {
  const dir = dirname(path);
  const why: Record<string, string> = {
    ENOSPC: 'its disk is full. Free some space there',
    EDQUOT: 'its disk is full. Free some space there',
    EACCES: 'it may not be written to',
    EPERM: 'it may not be written to',
    EROFS: 'it is read-only',
    EADDRINUSE: 'something else makes a socket there in the same moment. Start again',
  };
  const reason = why[error.code ?? ''] ?? error.message;
  return new UserError(
    `cannot listen in ${dir}, where pawl and its screens meet: ${reason}.\nSet XDG_RUNTIME_DIR to a folder of yours alone that can be written to.`,
    3,
  );
}

/** Speaks with screens over a listener. A slow, stopped or hostile reader never holds the engine up. */
export function serve(listener: Listener, options: ServerOptions): SocketServer {
  const clients = new Set<Client>();

  const send = (client: Client, message: Message) => client.socket.write(`${JSON.stringify(message)}\n`);

  function welcome(socket: Socket): void {
    const client: Client = { socket, attached: false, pulse: false, behind: false, backlog: null };
    clients.add(client);
    let pending = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clients.delete(client));
    socket.on('drain', () => {
      if (!client.behind) return;
      client.behind = false;
      for (const pulse of options.present()) send(client, { kind: 'pulse', pulse });
    });
    socket.on('data', (chunk: string) => {
      pending += chunk;
      const lines = pending.split('\n');
      pending = lines.pop()!;
      if (pending.length > maxRequestBytes) return void socket.destroy();
      for (const line of lines) {
        if (socket.destroyed) return;
        // One that asks and asks and never reads the answers would fill our memory with them.
        if (socket.writableLength > (client.attached ? eventLimit : pulseLimit)) return void socket.destroy();
        if (line.trim()) void handle(client, line);
      }
    });
    send(client, {
      kind: 'hello',
      wire: wireVersion,
      version: options.version,
      tag: options.tag,
      project: options.project,
      pid: process.pid,
      lastSeq: options.lastSeq(),
    });
  }

  async function handle(client: Client, line: string): Promise<void> {
    let parsed: ReturnType<typeof requestSchema.safeParse>;
    try {
      parsed = requestSchema.safeParse(JSON.parse(line));
    } catch {
      return void send(client, { kind: 'reply', id: '', ok: false, message: 'not JSON' });
    }
    if (!parsed.success) {
      return void send(client, { kind: 'reply', id: '', ok: false, message: firstIssue(parsed.error) });
    }
    const request = parsed.data;
    if (request.kind === 'attach') {
      const state = request.shape === stateShape && request.afterSeq === 0 ? options.state() : null;
      if (state) sendNewest(client, state);
      else
        for (const text of options.eventsAfter(request.afterSeq)) {
          client.socket.write(`{"kind":"event","event":${text}}\n`);
        }
      client.attached = true;
      client.pulse = request.pulse;
      if (request.pulse) for (const pulse of options.present()) send(client, { kind: 'pulse', pulse });
      send(client, { kind: 'live' });
      if (state) await sendOlder(client, state);
      return;
    }
    const reply = await options
      .command(request.command)
      .catch((error: Error) => ({ ok: false, message: error.message }));
    if (!client.socket.destroyed) send(client, { kind: 'reply', id: request.id, ...reply });
  }

  const sendPiece = (client: Client, state: RunState, from: number, to: number) =>
    send(client, { kind: 'experiments', from, thin: thinExperiments(state, from, to) });

  /** What a first picture is made of: the latest experiments, and the two that all are compared with. */
  function sendNewest(client: Client, state: RunState): void {
    const count = state.experiments.length;
    send(client, { kind: 'state', shape: stateShape, head: headOf(state), count });
    const oldest = Math.max(0, count - pieceLength);
    for (const n of new Set([0, state.champion.n])) if (n < oldest) sendPiece(client, state, n, n + 1);
    sendPiece(client, state, oldest, count);
  }

  /** The others, newest first. A state is never changed, so there is time; what happens meanwhile waits for its end. */
  async function sendOlder(client: Client, state: RunState): Promise<void> {
    const { socket } = client;
    const backlog: JournalEvent[] = [];
    client.backlog = backlog;
    for (let to = state.experiments.length - pieceLength; to > 0; to -= pieceLength) {
      await turn(socket);
      if (socket.destroyed) return;
      sendPiece(client, state, Math.max(0, to - pieceLength), to);
    }
    client.backlog = null;
    for (const event of backlog) send(client, { kind: 'event', event });
  }

  listener.answer(welcome);
  return {
    event(event) {
      for (const client of clients) {
        if (!client.attached) continue;
        if (client.backlog) {
          client.backlog.push(event);
          continue;
        }
        if (client.socket.writableLength > eventLimit) client.socket.destroy();
        else send(client, { kind: 'event', event });
      }
    },
    pulse(pulse) {
      let text: string | null = null;
      for (const client of clients) {
        if (!client.attached || !client.pulse || client.behind) continue;
        if (client.socket.writableLength > pulseLimit) {
          client.behind = true;
          continue;
        }
        text ??= `${JSON.stringify({ kind: 'pulse', pulse } satisfies Message)}\n`;
        gather(client.socket);
        client.socket.write(text);
      }
    },
    clients: () => [...clients].filter((c) => c.attached).length,
    async close(graceMs) {
      listener.close();
      const ended = [...clients].map(
        (client) =>
          new Promise<void>((resolve) => {
            client.socket.once('close', () => resolve());
            client.socket.end();
          }),
      );
      await Promise.race([Promise.all(ended), new Promise((r) => setTimeout(r, graceMs).unref())]);
      for (const client of clients) client.socket.destroy();
    },
  };
}

/** What is written in the same moment leaves in one piece: each piece wakes the reader. */
function gather(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}

/** Resolves after everybody else had a turn, and once the reader has taken most of what it was sent (or is gone). */
function turn(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.writableLength < pulseLimit || socket.destroyed) return void setImmediate(resolve);
    const go = () => {
      socket.off('drain', go);
      socket.off('close', go);
      resolve();
    };
    socket.on('drain', go);
    socket.on('close', go);
  });
}
