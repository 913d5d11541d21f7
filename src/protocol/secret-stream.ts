import { keyBegins, keyEnds, type Mask, masked } from './secrets.ts';

/** A key of more lines than this is none; the text shows again. */
const longestKey = 200;

/** Masks text that comes line by line: a private key is hidden from its first line to its last. */
export class LineMask {
  readonly #mask: Mask;
  #inKey = 0;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  lines(lines: readonly string[]): string[] {
    return lines.flatMap((line) => {
      if (this.#inKey > 0) {
        this.#inKey = keyEnds.test(line) ? 0 : this.#inKey - 1;
        return [];
      }
      if (keyBegins.test(line) && !keyEnds.test(line)) this.#inKey = longestKey;
      return [this.#mask(line)];
    });
  }

  /** The line that is still being written. */
  live(line: string): string {
    return this.#inKey > 0 ? masked : this.#mask(line);
  }
}

/** Masks a stream that is cut anywhere: what may be the beginning of a secret waits for what comes next. */
export class StreamMask {
  readonly #mask: Mask;
  #waiting = '';
  #keyChars = 0;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** @returns what can be shown now. */
  push(text: string): string {
    return this.#take(this.#waiting + text, false);
  }

  /** @returns the rest: nothing more comes. */
  end(): string {
    const rest = this.#take(this.#waiting, true);
    this.#keyChars = 0;
    return rest;
  }

  #take(text: string, last: boolean): string {
    let all = text;
    if (this.#keyChars > 0) {
      const end = keyEnds.exec(all);
      if (!end) {
        // The end's own line may come in two pieces.
        const keep = last ? '' : all.slice(-64);
        this.#keyChars -= all.length - keep.length;
        this.#waiting = this.#keyChars > 0 ? keep : '';
        return '';
      }
      this.#keyChars = 0;
      all = all.slice(end.index + end[0].length);
    }
    const begin = keyBegins.exec(all);
    if (begin) {
      const rest = all.slice(begin.index + begin[0].length);
      this.#keyChars = longestKey * 80;
      this.#waiting = '';
      return this.#mask(all.slice(0, begin.index)) + masked + this.#take(rest, last);
    }
    const hold = last ? 0 : this.#mask.undecided(all);
    this.#waiting = all.slice(all.length - hold);
    return this.#mask(all.slice(0, all.length - hold));
  }
}
