import { closeSync, openSync, readSync } from 'node:fs';
import { type JournalEvent, parseEvent } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import { durableEvents } from './durable.ts';
import { linesOf, readRest } from './lines-of.ts';

export interface JournalText {
  events: JournalEvent[];
  /** Bytes of whole, valid lines: where the next append belongs. */
  goodBytes: number;
  /** Bytes after that: a line that a crash cut short. */
  tornBytes: number;
}

/** A journal that is read event by event: what is not kept of a long one costs no memory. */
export interface JournalScan extends Iterable<JournalEvent> {
  /** Bytes of the lines that were given out so far: where the next append belongs, in the end. */
  readonly goodBytes: number;
  /** Bytes that were not given out yet; in the end, the torn ones. */
  readonly tornBytes: number;
}

/**
 * Reads a journal. A torn end (the writer was killed, or is writing now, or the power failed) is left out.
 * @throws UserError when a line before it is damaged or `seq` has a gap: that is not a crash but tampering or a bad disk.
 */
export function readJournal(path: string): JournalText {
  const scan = scanJournal(path);
  const events = [...scan];
  return { events, goodBytes: scan.goodBytes, tornBytes: scan.tornBytes };
}

/** As readJournal, one event after the other. It throws, as readJournal does, when it comes to the damage. */
export function scanJournal(path: string): JournalScan {
  let seen = 0;
  let start = 0;
  function* events(): Generator<JournalEvent> {
    const fd = openSync(path, 'r');
    try {
      yield* whole(fd);
    } finally {
      closeSync(fd);
    }
  }
  const read = (fd: number, into: Buffer): number => {
    const length = readSync(fd, into, 0, into.length, seen);
    seen += length;
    return length;
  };
  function* whole(fd: number): Generator<JournalEvent> {
    let started = 0;
    let seq = 0;
    for (const { text, bytes, after } of linesOf((into) => read(fd, into))) {
      let event: JournalEvent;
      try {
        event = parseEvent(JSON.parse(text));
      } catch (error) {
        const left = Buffer.concat([after(), readRest((into) => read(fd, into))]);
        // A whole line that says nonsense was written so: it may only be the last.
        if (!left.includes(10) || (error instanceof SyntaxError && isUnsynced(left))) return;
        throw damaged(path, seq + 1, (error as Error).message);
      }
      if (event.seq !== seq + 1) throw damaged(path, seq + 1, `seq is ${event.seq}, expected ${seq + 1}`);
      seq += 1;
      if (event.type === 'experiment.started') {
        if (event.n > started)
          throw damaged(path, seq, `experiment ${event.n} starts where ${started} is next`);
        started = Math.max(started, event.n + 1);
      }
      start += bytes;
      yield event;
    }
  }
  const all = events();
  return {
    [Symbol.iterator]: () => all,
    get goodBytes() {
      return start;
    },
    get tornBytes() {
      return seen - start;
    },
  };
}

/**
 * True when what follows a bad line was never synced: no whole line of it is of a kind that is. A power cut may leave any
 * part of what was not synced, in pieces, with zeros between them; what was synced it leaves whole.
 */
function isUnsynced(bytes: Buffer): boolean {
  for (let at = 0; ; ) {
    const end = bytes.indexOf(10, at);
    if (end === -1) return true;
    const type = /^\{"v":1,"seq":\d+,"at":"[^"]*","type":"([a-z.]+)"/.exec(
      bytes.toString('utf8', at, end),
    )?.[1];
    if (type !== undefined && durableEvents.has(type)) return false;
    at = end + 1;
  }
}

function damaged(path: string, line: number, what: string): UserError {
  return new UserError(
    `${path}:${line}: the journal is damaged: ${what}.\n` +
      'Nothing was changed. The commits are safe under refs/pawl; start a fresh run with `pawl run --new`.',
    3,
  );
}
