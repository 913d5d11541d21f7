import { z } from 'zod';
import { commandSchema } from './commands.ts';
import type { JournalEvent } from './events.ts';
import type { Pulse } from './pulse.ts';

// The socket speaks NDJSON: one JSON object a line, both ways.

/** Engine and screen of other versions do not talk to each other. */
export const wireVersion = 1;
/** A longer line from a client is not a command: the connection is closed. Bytes. */
export const maxRequestBytes = 64 * 1024;

/** Client to engine. `id` comes back in the reply. */
export const requestSchema = z.discriminatedUnion('kind', [
  /** Ask for the stream: all journal events after `afterSeq`, the pulses that rebuild the present, then live. */
  z.object({
    kind: z.literal('attach'),
    afterSeq: z.number().int().min(0),
    pulse: z.boolean(),
    /** The shape of a state that the client can read: from an engine of the same shape it gets the state instead of the past. */
    shape: z.string().max(64).optional(),
  }),
  z.object({ kind: z.literal('command'), id: z.string().max(64), command: commandSchema }),
]);
export type Request = z.infer<typeof requestSchema>;

/** Engine to client. */
export type Message =
  | {
      kind: 'hello';
      wire: number;
      version: string;
      tag: string;
      project: string;
      pid: number;
      lastSeq: number;
    }
  /** What the past has come to, in place of its events: all but the experiments, of which there are `count`. */
  | { kind: 'state'; shape: string; head: { seq: number }; count: number }
  /** Experiments by number, from `from` on. The newest come before `live`, older ones after it; no event before the last of them. */
  | { kind: 'experiments'; from: number; thin: (Record<string, unknown> | null)[] }
  | { kind: 'event'; event: JournalEvent }
  | { kind: 'pulse'; pulse: Pulse }
  /** All past events have been sent; what follows is live. */
  | { kind: 'live' }
  | { kind: 'reply'; id: string; ok: boolean; message: string };
