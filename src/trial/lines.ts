import { clean } from '../protocol/clean.ts';

// Bytes to lines. Split before decoding: neither \n nor \r can be part of a longer UTF-8 sequence, so a character cut
// in two by a chunk's edge is whole again before it is decoded, and any chunking gives the same lines.

/** What stands between two line ends. `end` is the byte that ended it: `\r` means that the next one overwrites it. */
export interface Segment {
  text: string;
  end: '\n' | '\r';
}

/** Longest line kept, bytes. Of a longer one the head and the tail stay: last words come at the end. */
export const maxLineBytes = 2048;
const tailBytes = 512;
const headBytes = maxLineBytes - tailBytes;
const gap = ' … ';

/** Cuts a stream of bytes into lines; of one that is too long, head and tail are kept. */
export class LineSplitter {
  #head = Buffer.alloc(headBytes);
  #headLength = 0;
  #tail = Buffer.alloc(0);
  #cut = false;

  /** Takes the next bytes; gives the segments that they complete. */
  push(chunk: Uint8Array): Segment[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const segments: Segment[] = [];
    let at = 0;
    let newline = bytes.indexOf(10);
    let carriage = bytes.indexOf(13);
    while (newline >= 0 || carriage >= 0) {
      const isCarriage = carriage >= 0 && (newline < 0 || carriage < newline);
      const stop = isCarriage ? carriage : newline;
      const end = isCarriage ? '\r' : '\n';
      if (this.#headLength === 0 && stop - at <= headBytes) {
        segments.push({ text: clean(bytes.toString('utf8', at, stop)), end });
      } else {
        this.#keep(bytes.subarray(at, stop));
        segments.push({ text: this.rest(), end });
        this.#reset();
      }
      at = stop + 1;
      if (isCarriage) carriage = bytes.indexOf(13, at);
      else newline = bytes.indexOf(10, at);
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
    return segments;
  }

  /** The unfinished line so far, cleaned; empty when there is none. */
  rest(): string {
    const head = this.#head.toString('utf8', 0, this.#headLength);
    if (this.#tail.length === 0) return clean(head);
    if (!this.#cut) return clean(Buffer.concat([this.#head, this.#tail]).toString('utf8'));
    // Both edges may go through a character: its halves decode to replacement characters, which nobody wrote.
    const tail = this.#tail.toString('utf8', 0, this.#tail.length);
    return clean(`${head.replace(/\ufffd+$/, '')}${gap}${tail.replace(/^\ufffd+/, '')}`);
  }

  /** What is left when no more bytes come, as a last segment. */
  end(): Segment[] {
    const text = this.rest();
    const some = this.#headLength > 0;
    this.#reset();
    return some ? [{ text, end: '\n' }] : [];
  }

  #keep(piece: Buffer): void {
    const room = headBytes - this.#headLength;
    piece.copy(this.#head, this.#headLength, 0, Math.min(room, piece.length));
    this.#headLength += Math.min(room, piece.length);
    if (piece.length <= room) return;
    const over = Buffer.concat([this.#tail, piece.subarray(Math.max(room, piece.length - tailBytes))]);
    this.#cut ||= this.#tail.length + piece.length - room > tailBytes;
    this.#tail = over.length > tailBytes ? Buffer.from(over.subarray(over.length - tailBytes)) : over;
  }

  #reset(): void {
    this.#headLength = 0;
    this.#tail = Buffer.alloc(0);
    this.#cut = false;
  }
}

/** Folds segments into lines as a terminal would leave them: `\r` progress is one line, the last state of it. */
export class LineFolder {
  #live: string | null = null;

  /** @returns the lines that are finished now. */
  push(segments: readonly Segment[]): string[] {
    const lines: string[] = [];
    for (const { text, end } of segments) {
      if (end === '\r') {
        if (text !== '') this.#live = text;
      } else {
        lines.push(text === '' && this.#live !== null ? this.#live : text);
        this.#live = null;
      }
    }
    return lines;
  }

  /** The line that is still being rewritten, given what has come of the next one. */
  live(rest: string): string | null {
    return rest === '' ? this.#live : rest;
  }
}
