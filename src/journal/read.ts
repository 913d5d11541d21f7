import { readFileSync } from 'node:fs';
import { type JournalEvent, parseEvent } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';

export interface JournalText {
  events: JournalEvent[];
  /** Bytes of whole, valid lines: where the next append belongs. */
  goodBytes: number;
  /** Bytes after that: a line that a crash cut short. */
  tornBytes: number;
}

/**
 * Reads a journal. A torn last line (the writer was killed, or is writing now) is left out.
 * @throws UserError when a line in the middle is damaged or `seq` has a gap: that is not a crash but tampering or a bad disk.
 */
export function readJournal(path: string): JournalText {
  const bytes = readFileSync(path);
  const events: JournalEvent[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    if (end === -1) break;
    const line = bytes.toString('utf8', start, end);
    let event: JournalEvent;
    try {
      event = parseEvent(JSON.parse(line));
    } catch (error) {
      // Only the last line can be torn by a crash; a filesystem may have left zeros behind it.
      if (bytes.indexOf(10, end + 1) === -1) break;
      throw damaged(path, events.length + 1, (error as Error).message);
    }
    const expected = (events.at(-1)?.seq ?? 0) + 1;
    if (event.seq !== expected) {
      throw damaged(path, events.length + 1, `seq is ${event.seq}, expected ${expected}`);
    }
    events.push(event);
    start = end + 1;
  }
  return { events, goodBytes: start, tornBytes: bytes.length - start };
}

function damaged(path: string, line: number, what: string): UserError {
  return new UserError(
    `${path}:${line}: the journal is damaged: ${what}.\n` +
      'Nothing was changed. The commits are safe under refs/pawl; start a fresh run with `pawl run --new`.',
    3,
  );
}
