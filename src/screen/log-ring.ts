const longestLine = 4000;

/**
 * The last lines of a log, in a ring that never grows. It lives outside React and is changed in place:
 * at 10,000 lines a second a copy per message would cost more than all the drawing.
 */
export class LogRing {
  readonly capacity: number;
  #lines: string[] = [];
  #start = 0;
  #total = 0;

  constructor(capacity = 5000) {
    this.capacity = capacity;
  }

  /** Lines held now. */
  get size(): number {
    return this.#lines.length;
  }

  /** Lines that ever came in; the number of the newest line. */
  get total(): number {
    return this.#total;
  }

  push(line: string): void {
    const kept = line.length > longestLine ? copyOf(line.slice(0, longestLine)) : line;
    this.#total += 1;
    if (this.#lines.length < this.capacity) {
      this.#lines.push(kept);
    } else {
      this.#lines[this.#start] = kept;
      this.#start = (this.#start + 1) % this.capacity;
    }
  }

  clear(): void {
    this.#lines = [];
    this.#start = 0;
    this.#total = 0;
  }

  /** Lines `from` (0 = oldest held) up to, not including, `to`. */
  slice(from: number, to: number): string[] {
    const out: string[] = [];
    for (let i = Math.max(0, from); i < Math.min(to, this.size); i++)
      out.push(this.#lines[(this.#start + i) % this.#lines.length]!);
    return out;
  }
}

// A slice keeps its whole parent alive in V8; a copy lets a megabyte-long line go.
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
