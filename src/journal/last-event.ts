import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type JournalEvent, parseEvent } from '../protocol/events.ts';

const stepBytes = 64 * 1024;

/** The last whole event of a journal, without reading all of a long one; null when there is no journal or no event. */
export function lastEvent(path: string): JournalEvent | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(fd);
    for (let bytes = Math.min(size, stepBytes); ; bytes = Math.min(size, bytes * 4)) {
      const tail = Buffer.alloc(bytes);
      readSync(fd, tail, 0, bytes, size - bytes);
      // What follows the last line break is torn; what comes before the first may have begun earlier.
      const lines = tail
        .toString('utf8')
        .split('\n')
        .slice(bytes === size ? 0 : 1, -1);
      for (const line of lines.reverse()) {
        const event = whole(line);
        if (event) return event;
      }
      if (bytes === size) return null;
    }
  } finally {
    closeSync(fd);
  }
}

function whole(line: string): JournalEvent | null {
  try {
    return parseEvent(JSON.parse(line));
  } catch {
    return null;
  }
}
