import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at once: some hundred lines of a journal. */
const usualPiece = 1 << 18;

export interface Line {
  text: string;
  /** With its line break. */
  bytes: number;
  /** What was read beyond it; to be looked at before the next line is asked for. */
  after(): Buffer;
}

/**
 * The whole lines of a file that is read in pieces; what follows the last line break is left out.
 * @param read fills the buffer with the bytes that come next, as far as there are any. @returns how many
 */
export function* linesOf(read: (into: Buffer) => number): Generator<Line> {
  // One for all pieces: V8 counts what is outside of its heap, and would look for garbage after every few of them.
  let buffer = Buffer.allocUnsafe(usualPiece);
  let filled = 0;
  let at = 0;
  const after = () => buffer.subarray(at, filled);
  for (;;) {
    const more = read(buffer.subarray(filled));
    if (more === 0) return;
    filled += more;
    const end = buffer.lastIndexOf(10, filled - 1) + 1;
    // One call for hundreds of lines. With a character a byte (ASCII), places in the text are places in the bytes.
    const text = buffer.toString('utf8', 0, end);
    const alike = text.length === end;
    for (at = 0; at < end; ) {
      const from = at;
      const to = alike ? text.indexOf('\n', from) : buffer.indexOf(10, from);
      at = to + 1;
      yield {
        text: alike ? text.slice(from, to) : buffer.toString('utf8', from, to),
        bytes: at - from,
        after,
      };
    }
    buffer.copyWithin(0, end, filled);
    filled -= end;
    // A line longer than the buffer.
    if (filled === buffer.length) buffer = Buffer.concat([buffer], 2 * filled);
  }
}

/** All that comes next. */
export function readRest(read: (into: Buffer) => number): Buffer {
  const pieces: Buffer[] = [];
  for (;;) {
    const into = Buffer.allocUnsafe(usualPiece);
    const length = read(into);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(into.subarray(0, length));
  }
}

/** The whole lines of a file, without ever holding all of it. */
export function* linesOfFile(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  let seen = 0;
  const read = (into: Buffer): number => {
    const length = readSync(fd, into, 0, into.length, seen);
    seen += length;
    return length;
  };
  try {
    for (const { text } of linesOf(read)) yield text;
  } finally {
    closeSync(fd);
  }
}
