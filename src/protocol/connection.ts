import { randomUUID } from 'node:crypto';
import { connect as connectSocket, type Socket } from 'node:net';
import type { Command } from './commands.ts';
import { parseEvent } from './events.ts';
import { pulseSchema } from './pulse.ts';
import type { Message, Request } from './wire.ts';

export interface Reply {
  ok: boolean;
  message: string;
}

export interface Connection {
  /** Resolves with the engine's answer; says why when there is no engine to answer. Never rejects. */
  send(command: Command): Promise<Reply>;
  close(): void;
}

export interface ConnectionEvents {
  /** A message that passed the border checks. */
  message(message: Message): void;
  /** The socket is open and the stream was asked for. */
  opened(): void;
  /** The socket is gone (again); another try follows by itself. */
  lost(): void;
  /** Whether to ask for the pulse as well; true unless told. */
  pulse?: boolean;
  /** The shape of a state that can be read in place of the past; none unless told. */
  shape?: string;
  /** The newest event known, asked at every (re)connection. */
  afterSeq(): number;
}

/** A trial that ignores INT and TERM takes 15 s to end, and a revert waits for it. */
const replyDeadlineMs = 30_000;
const longestLine = 16 * 1024 * 1024;

/** Speaks with the engine over its socket, and comes back by itself when the engine does. */
export function connect(socketPath: string, on: ConnectionEvents, retryMs = 1000): Connection {
  const waiting = new Map<string, (reply: Reply) => void>();
  let socket: Socket | null = null;
  let open = false;
  let closed = false;
  let retry: NodeJS.Timeout | null = null;

  const write = (request: Request) => socket?.write(`${JSON.stringify(request)}\n`);

  const drop = () => {
    open = false;
    for (const answer of waiting.values()) answer({ ok: false, message: 'the engine went away' });
    waiting.clear();
    if (closed) return;
    on.lost();
    // Whoever was told may have closed it: a timer now would keep the process for a second, and dial again.
    if (!closed) retry = setTimeout(dial, retryMs);
  };

  const dial = () => {
    let rest = '';
    const mine = connectSocket(socketPath);
    socket = mine;
    mine.setEncoding('utf8');
    mine.on('connect', () => {
      open = true;
      write({
        kind: 'attach',
        afterSeq: on.afterSeq(),
        pulse: on.pulse ?? true,
        ...(on.shape === undefined ? {} : { shape: on.shape }),
      });
      on.opened();
    });
    mine.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      if (rest.length > longestLine) mine.destroy();
      for (const line of lines) take(line);
    });
    mine.on('error', () => {});
    mine.on('close', drop);
  };

  const take = (line: string) => {
    const message = parseMessage(line);
    if (!message) return;
    if (message.kind === 'reply') {
      waiting.get(message.id)?.({ ok: message.ok, message: message.message });
      waiting.delete(message.id);
    }
    on.message(message);
  };

  dial();
  return {
    send(command) {
      if (!open) return Promise.resolve({ ok: false, message: 'no engine to ask: it is not running' });
      const id = randomUUID();
      return new Promise<Reply>((resolve) => {
        const deadline = setTimeout(() => {
          waiting.delete(id);
          resolve({ ok: false, message: 'the engine did not answer within 30 s' });
        }, replyDeadlineMs).unref();
        waiting.set(id, (reply) => {
          clearTimeout(deadline);
          resolve(reply);
        });
        write({ kind: 'command', id, command });
      });
    },
    close() {
      closed = true;
      if (retry) clearTimeout(retry);
      for (const answer of waiting.values()) answer({ ok: false, message: 'detached' });
      waiting.clear();
      socket?.destroy();
    },
  };
}

/** One line from the engine, or null when it is none that this screen knows (a newer engine may say more). */
export function parseMessage(line: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const message = value as Message;
  switch (message?.kind) {
    case 'event':
      try {
        return { kind: 'event', event: parseEvent(message.event) };
      } catch {
        return null;
      }
    case 'pulse': {
      const pulse = pulseSchema.safeParse(message.pulse);
      return pulse.success ? { kind: 'pulse', pulse: pulse.data } : null;
    }
    case 'state':
      return typeof message.head?.seq === 'number' && isCount(message.count) ? message : null;
    case 'experiments':
      return Array.isArray(message.thin) &&
        message.thin.every((t) => typeof t === 'object') &&
        isCount(message.from + message.thin.length)
        ? message
        : null;
    case 'hello':
    case 'live':
    case 'reply':
      return message;
    default:
      return null;
  }
}

/** States are lists by number: what cannot be one must not become a list of two billion places. */
const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000;
