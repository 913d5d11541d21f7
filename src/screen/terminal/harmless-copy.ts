import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { clean } from '../../protocol/clean.ts';
import { LineMask } from '../../protocol/secret-stream.ts';
import { type Mask, ownMask } from '../../protocol/secrets.ts';

/** A longer line is parted there: nothing may have to be held whole. Characters. */
const longestLine = 1 << 20;

/**
 * Copies a text of others (a log, a reply, a diff) without terminal controls and without secrets, for another program
 * to show. Lines keep their numbers. Of a line that `\r` kept rewriting every state stays, side by side. Only the owner
 * may read the copy. A piece at a time: a log may have hundreds of MiB.
 * @throws the error of reading or writing
 */
export async function copyHarmless(from: string, to: string, mask: Mask = ownMask()): Promise<void> {
  await pipeline(
    createReadStream(from),
    new Harmless(mask),
    createWriteStream(to, { mode: 0o600, flags: 'wx' }),
  );
}

class Harmless extends Transform {
  readonly #decoder = new StringDecoder('utf8');
  readonly #mask: Mask;
  readonly #lines: LineMask;
  #rest = '';

  constructor(mask: Mask) {
    super({ decodeStrings: false });
    this.#mask = mask;
    this.#lines = new LineMask(mask);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    let rest = lines.pop()!;
    if (rest.length > longestLine) {
      // What may be the beginning of a secret waits for its end.
      const at = rest.length - this.#mask.undecided(rest);
      if (at > 0) lines.push(rest.slice(0, at));
      rest = rest.slice(at);
    }
    this.#rest = rest;
    done(null, lines.map((line) => `${this.#one(line)}\n`).join(''));
  }

  override _flush(done: TransformCallback): void {
    const rest = this.#rest + this.#decoder.end();
    done(null, rest === '' ? '' : `${this.#one(rest)}\n`);
  }

  /** Cleaned first: a key with colours in it is a key only without them. A line inside of a private key is empty. */
  #one(line: string): string {
    return this.#lines.lines([clean(line.replace(/\r+$/, '').replace(/\r+/g, ' '))])[0] ?? '';
  }
}
