import type { LogRing } from './log-ring.ts';

/** The lines of one trial's log by their numbers, wherever they are: in memory, in a file, or not read yet. */
export interface LogDoc {
  /** Number of the first line that can be had. */
  readonly first: number;
  /** One past the last finished line. */
  readonly end: number;
  /** null = not read yet; asking makes it come. */
  line(no: number): string | null;
}

/** What a log pane can ask of the file behind a log. */
export interface LogPages extends LogDoc {
  /** False until the file was looked at once. */
  readonly known: boolean;
  /** True when there is no such file. */
  readonly missing: boolean;
}

/** The newest lines from memory, older ones from the file where there is one. */
export function liveDoc(ring: LogRing, pages: LogPages | null): LogDoc {
  return {
    first: pages && !pages.missing ? 0 : ring.first,
    end: ring.end,
    line(no) {
      const held = ring.at(no);
      if (held !== null) return held;
      return pages && no < ring.first ? pages.line(no) : null;
    },
  };
}

/** Only some lines of a log, in their order. The newest few thousand matches are held, the others counted. */
export class FilteredLines implements LogDoc {
  readonly #capacity: number;
  #numbers: number[] = [];
  #texts: string[] = [];
  #dropped = 0;

  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  get first(): number {
    return 0;
  }
  get end(): number {
    return this.#numbers.length;
  }
  /** Matches that were too many to hold. */
  get dropped(): number {
    return this.#dropped;
  }

  push(no: number, text: string): void {
    this.#numbers.push(no);
    this.#texts.push(text);
    if (this.#numbers.length < this.#capacity * 1.5) return;
    // Rarely and by much: an array that loses its first element each time is slow.
    const over = this.#numbers.length - this.#capacity;
    this.#dropped += over;
    this.#numbers = this.#numbers.slice(over);
    this.#texts = this.#texts.slice(over);
  }

  line(at: number): string | null {
    return this.#texts[at] ?? null;
  }

  /** The line number of the match at that place. */
  numberAt(at: number): number {
    return this.#numbers[at] ?? Number.POSITIVE_INFINITY;
  }

  /** The place of the first match at or after that line. */
  placeOf(no: number): number {
    let low = 0;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#numbers[middle]! < no) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
