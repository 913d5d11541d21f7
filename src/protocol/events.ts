import { z } from 'zod';
import { experimentEvents } from './experiment-events.ts';
import { personaEvents } from './persona-events.ts';
import { type QuickCheck, quickCheck } from './quick-check.ts';
import { runEvents } from './run-events.ts';
import { steeringEvents } from './steering-events.ts';
import { trialEvents } from './trial-events.ts';

export type {
  Arm,
  Conditions,
  ConstantChange,
  CurvePoint,
  ItemResults,
  Overrides,
  ProcessId,
  ProposerInfo,
  SandboxInfo,
} from './event-parts.ts';

// The journal: few, durable, ordered events. One JSON object a line. Types are `noun.verb-past`.
// Only add optional fields to a published event; a changed meaning needs a new type.

const bodies = {
  ...runEvents,
  ...personaEvents,
  ...experimentEvents,
  ...trialEvents,
  ...steeringEvents,
} as const;

export type EventType = keyof typeof bodies;
export type EventBody<T extends EventType = EventType> = {
  [K in T]: { type: K } & z.infer<(typeof bodies)[K]>;
}[T];
/** A journal line: format version, sequence number without gaps, wall-clock time (ISO), and the event. */
export type JournalEvent<T extends EventType = EventType> = { v: 1; seq: number; at: string } & EventBody<T>;

/** The names of all events. */
export const eventTypes = Object.keys(bodies) as EventType[];

const head = {
  v: z.literal(1),
  seq: z.number().int().min(1),
  at: z.string(),
  type: z.enum(eventTypes),
};
const envelope = z.object(head);

/** Made when the first event of a type comes: most programs see few types. */
const quick = new Map<string, QuickCheck>();

function isSurelyAnEvent(value: unknown): value is JournalEvent {
  const type = (value as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !Object.hasOwn(bodies, type)) return false;
  const check = quick.get(type) ?? quickCheck(z.object({ ...head, ...bodies[type as EventType].shape }));
  quick.set(type, check);
  return check(value);
}

/**
 * Validates one parsed journal line. One that is right in every field is given back as it is.
 * @throws Error naming the field when it is not an event this version knows.
 */
export function parseEvent(value: unknown): JournalEvent {
  if (isSurelyAnEvent(value)) return value;
  return parseSlowly(value);
}

/** As parseEvent, by the schemas alone. */
export function parseSlowly(value: unknown): JournalEvent {
  const head = envelope.safeParse(value);
  if (!head.success) throw new Error(`not a journal event: ${firstIssue(head.error)}`);
  const body = bodies[head.data.type].safeParse(value);
  if (!body.success)
    throw new Error(`bad ${head.data.type} (seq ${head.data.seq}): ${firstIssue(body.error)}`);
  return { ...head.data, ...body.data } as JournalEvent;
}

/** The first problem of a zod error as `path: message`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'unknown problem';
  const path = issue.path.map(String).join('.');
  return path ? `${path}: ${issue.message}` : issue.message;
}
