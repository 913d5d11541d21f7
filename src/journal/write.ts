import { closeSync, existsSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventBody, EventType, JournalEvent } from '../protocol/events.ts';
import { EnvironmentFailure } from '../protocol/failure.ts';
import { readJournal } from './read.ts';

export interface Journal {
  /** Appends one event and returns it with its sequence number. @throws EnvironmentFailure when the disk refuses. */
  append(body: EventBody): JournalEvent;
  close(): void;
}

/**
 * Events that must survive a power cut the moment they are written. The others ride on the next of these:
 * losing them costs at most the trial that was running.
 */
const durable: ReadonlySet<EventType> = new Set([
  'run.started',
  'run.resumed',
  'run.ended',
  'experiment.committed',
  'experiment.decided',
  'champion.moved',
  'human.noted',
]);

/**
 * Opens a journal for appending, creating it when missing. A torn last line is cut off first.
 * @returns the journal, the events already in it, and how many torn bytes were dropped.
 */
export function openJournal(
  path: string,
  now: () => Date = () => new Date(),
): { journal: Journal; events: JournalEvent[]; tornBytes: number } {
  const past = existsSync(path) ? readJournal(path) : { events: [], goodBytes: 0, tornBytes: 0 };
  const fd = openSync(path, existsSync(path) ? 'r+' : 'wx+', 0o600);
  if (past.tornBytes > 0) ftruncateSync(fd, past.goodBytes);
  if (past.goodBytes === 0) syncFolder(dirname(path));
  let seq = past.events.at(-1)?.seq ?? 0;
  let length = past.goodBytes;
  return {
    events: past.events,
    tornBytes: past.tornBytes,
    journal: {
      append(body) {
        const event = { v: 1, seq: seq + 1, at: now().toISOString(), ...body } as JournalEvent;
        const line = Buffer.from(`${JSON.stringify(event)}\n`);
        try {
          for (let done = 0; done < line.length; ) {
            done += writeSync(fd, line, done, line.length - done, length + done);
          }
          if (durable.has(event.type)) fdatasyncSync(fd);
        } catch (error) {
          // Half a line must not stay: the next append would turn it into damage in the middle.
          try {
            ftruncateSync(fd, length);
          } catch {}
          throw diskFailure(path, error as NodeJS.ErrnoException);
        }
        seq += 1;
        length += line.length;
        return event;
      },
      close() {
        try {
          fdatasyncSync(fd);
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
    { cause: error },
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
