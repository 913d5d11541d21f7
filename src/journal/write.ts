import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventBody, JournalEvent } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { durableEvents } from './durable.ts';
import { scanJournal } from './read.ts';

export interface Journal {
  /**
   * Appends one event and returns it with its sequence number. Never throws: what happened has happened, so when the disk
   * refuses, the event waits in memory, in its order, for the next append or flush.
   */
  append(body: EventBody): JournalEvent;
  /** Writes what waits. Call it before anything that others can see. @throws EnvironmentFailure when the disk refuses. */
  flush(): void;
  /** Lines that are not in the file yet. */
  waiting(): string[];
  close(): void;
}

/**
 * Opens a journal for appending, creating it when missing. A torn last line is cut off first.
 * @returns the journal, the events already in it, and how many torn bytes were dropped.
 */
export function openJournal(
  path: string,
  now?: () => Date,
): { journal: Journal; events: JournalEvent[]; tornBytes: number } {
  const { past, ...opened } = continueJournal(path, (events) => [...events], now);
  return { ...opened, events: past };
}

/** As openJournal, but the past is only shown to `read`, event by event, and what that makes of it is given back. */
export function continueJournal<T>(
  path: string,
  read: (events: Iterable<JournalEvent>) => T,
  now: () => Date = () => new Date(),
): { journal: Journal; past: T; tornBytes: number } {
  const scan = existsSync(path) ? scanJournal(path) : { goodBytes: 0, tornBytes: 0, *[Symbol.iterator]() {} };
  let seq = 0;
  let whole = false;
  const counted = function* (): Generator<JournalEvent> {
    for (const event of scan) {
      seq = event.seq;
      yield event;
    }
    whole = true;
  };
  const past = read(counted());
  if (!whole) throw new Error('a journal that is appended to has to be read to its end');
  const { goodBytes, tornBytes } = scan;
  const fd = openSync(path, existsSync(path) ? 'r+' : 'wx+', 0o600);
  if (tornBytes > 0) ftruncateSync(fd, goodBytes);
  if (goodBytes === 0) syncFolder(dirname(path));
  let length = goodBytes;
  let waiting: { line: string; durable: boolean }[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const bytes = Buffer.from(waiting.map((w) => w.line).join(''));
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done, bytes.length - done, length + done);
      }
      if (waiting.some((w) => w.durable)) fdatasyncSync(fd);
    } catch (error) {
      // Half a line must not stay: the next append would turn it into damage in the middle.
      try {
        ftruncateSync(fd, length);
      } catch {}
      throw diskFailure(path, error as NodeJS.ErrnoException);
    }
    length += bytes.length;
    waiting = [];
  };
  return {
    past,
    tornBytes,
    journal: {
      append(body) {
        const line = JSON.stringify({ v: 1, seq: seq + 1, at: now().toISOString(), ...body });
        // What is given back is what a reader will find: a text that was cut out of a reply or of git's output would keep
        // all of that in memory for as long as the run remembers the event.
        const event = JSON.parse(line) as JournalEvent;
        waiting.push({ line: `${line}\n`, durable: durableEvents.has(event.type) });
        seq += 1;
        try {
          flush();
        } catch {
          // The loop flushes before its next step, and then holds the run.
        }
        return event;
      },
      flush,
      waiting: () => waiting.map((w) => w.line.slice(0, -1)),
      close() {
        try {
          flush();
          fdatasyncSync(fd);
        } catch {
          // What could not be written is lost like in a crash; resume makes the run whole.
        } finally {
          closeSync(fd);
        }
      },
    },
  };
}

function diskFailure(path: string, error: NodeJS.ErrnoException): EnvironmentFailure {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new EnvironmentFailure(
    full ? `The disk is full: cannot write ${path}` : `Cannot write ${path}: ${error.message}`,
    full ? 'Free some space; the run goes on by itself.' : 'Make the run folder writable again.',
    15_000,
    { cause: error, kind: full ? 'disk' : 'machine' },
  );
}

/** A new file survives a power cut only when its folder entry does. */
function syncFolder(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } catch {
    // Some filesystems refuse to sync a folder; there is nothing better to do.
  } finally {
    closeSync(fd);
  }
}
