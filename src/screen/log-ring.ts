const longestLine = 4000;

/**
 * The last lines of a log, in a ring that never grows. It lives outside React and is changed in place:
 * at 10,000 lines a second a copy per message would cost more than all the drawing.
 * Lines have numbers, 0 for the log's first; the ring holds those from `first` up to, not including, `end`.
 */
export class LogRing {
  readonly capacity: number;
  #lines: string[] = [];
  #times: number[] = [];
  #start = 0;
  #end = 0;

  constructor(capacity = 5000) {
    this.capacity = capacity;
  }

  /** Lines held now. */
  get size(): number {
    return this.#lines.length;
  }

  get first(): number {
    return this.#end - this.#lines.length;
  }

  get end(): number {
    return this.#end;
  }

  /** @param at local ms at which it came; 0 = not known */
  push(line: string, at = 0): void {
    const kept = line.length > longestLine ? copyOf(line.slice(0, longestLine)) : line;
    this.#end += 1;
    if (this.#lines.length < this.capacity) {
      this.#lines.push(kept);
      this.#times.push(at);
    } else {
      this.#lines[this.#start] = kept;
      this.#times[this.#start] = at;
      this.#start = (this.#start + 1) % this.capacity;
    }
  }

  /** Goes on at line `no`. Lines between were never told: what was held before them goes, the file has it all. */
  goTo(no: number): void {
    if (no === this.#end) return;
    this.clear();
    this.#end = no;
  }

  clear(): void {
    this.#lines = [];
    this.#times = [];
    this.#start = 0;
    this.#end = 0;
  }

  /** The line of that number, or null when it is not held. */
  at(no: number): string | null {
    const i = no - this.first;
    if (i < 0 || i >= this.#lines.length) return null;
    return this.#lines[(this.#start + i) % this.#lines.length]!;
  }

  /** Local ms at which that line came; 0 when it is not known. */
  timeOf(no: number): number {
    const i = no - this.first;
    if (i < 0 || i >= this.#lines.length) return 0;
    return this.#times[(this.#start + i) % this.#lines.length]!;
  }
}

// A slice keeps its whole parent alive in V8; a copy lets a megabyte-long line go.
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
