const newline = 10;
const linesApart = 256;
const bytesApart = 256 * 1024;
const mostMarks = 8192;

/**
 * Where lines begin in a file, told from its bytes as they come: a mark every few hundred lines, and never more than
 * some thousand of them, however long the file. A million lines take 4,000 marks.
 */
export class LineIndex {
  readonly #numbers: number[] = [0];
  readonly #offsets: number[] = [0];
  #apart = 1;
  #lines = 0;
  #bytes = 0;
  #lineStart = 0;

  /** Lines that have their line break. */
  get lines(): number {
    return this.#lines;
  }

  /** Bytes seen. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Where the line begins that has no line break yet. */
  get lastStart(): number {
    return this.#lineStart;
  }

  get marks(): number {
    return this.#numbers.length;
  }

  /** Takes the next bytes of the file. */
  add(chunk: Uint8Array): void {
    let at = chunk.indexOf(newline);
    while (at >= 0) {
      this.#lines += 1;
      this.#lineStart = this.#bytes + at + 1;
      const far =
        this.#lines - this.#numbers.at(-1)! >= linesApart * this.#apart ||
        this.#lineStart - this.#offsets.at(-1)! >= bytesApart * this.#apart;
      if (far) this.#mark();
      at = chunk.indexOf(newline, at + 1);
    }
    this.#bytes += chunk.length;
  }

  /** The page that holds line `no`: the numbers of its lines and the bytes they lie in. */
  pageOf(no: number): { from: number; to: number; start: number; end: number } {
    let low = 0;
    let high = this.#numbers.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#numbers[middle]! <= no) low = middle;
      else high = middle - 1;
    }
    const last = low === this.#numbers.length - 1;
    return {
      from: this.#numbers[low]!,
      to: last ? this.#lines : this.#numbers[low + 1]!,
      start: this.#offsets[low]!,
      end: last ? this.#lineStart : this.#offsets[low + 1]!,
    };
  }

  #mark(): void {
    this.#numbers.push(this.#lines);
    this.#offsets.push(this.#lineStart);
    if (this.#numbers.length <= mostMarks) return;
    // Pages become twice as long: the memory stays the same.
    this.#apart *= 2;
    for (const list of [this.#numbers, this.#offsets])
      list.splice(0, list.length, ...list.filter((_, i) => i % 2 === 0));
  }
}
