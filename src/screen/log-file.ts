import { type FileHandle, open } from 'node:fs/promises';
import { clean } from '../protocol/clean.ts';
import { maskSecrets } from '../protocol/secrets.ts';
import type { LogPages } from './log-doc.ts';
import { LineIndex } from './log-index.ts';

const chunkBytes = 1 << 20;
const longestLine = 4000;
const pagesHeld = 24;

/**
 * The log of one trial on disk, of any length, read a page at a time: the whole of it can be scrolled, searched and
 * filtered, and what is held of it stays small. The screen reads it itself, so that it costs the engine nothing and
 * works when there is no engine any more.
 */
export class LogFile implements LogPages {
  readonly path: string;
  readonly #changed: () => void;
  #index = new LineIndex();
  #pages = new Map<number, { from: number; lines: string[] }>();
  #asked = new Set<number>();
  #rest = '';
  #state: 'new' | 'known' | 'missing' = 'new';
  #work: Promise<void> = Promise.resolve();
  #closed = false;
  /** A finished log may end without a line break: its last words are a line too. */
  readonly #whole: boolean;

  constructor(path: string, whole: boolean, changed: () => void) {
    this.path = path;
    this.#whole = whole;
    this.#changed = changed;
  }

  get known(): boolean {
    return this.#state !== 'new';
  }
  get missing(): boolean {
    return this.#state === 'missing';
  }
  get first(): number {
    return 0;
  }
  get end(): number {
    return this.#index.lines + (this.#rest === '' ? 0 : 1);
  }

  /** Reads on to what the file has now. Costs nothing when it has not grown. */
  refresh(): Promise<void> {
    this.#work = this.#work.then(() => this.#scan()).catch(() => this.#lose());
    return this.#work;
  }

  close(): void {
    this.#closed = true;
    this.#pages.clear();
  }

  line(no: number): string | null {
    if (no === this.#index.lines && this.#rest !== '') return this.#rest;
    if (no < 0 || no >= this.#index.lines) return null;
    const { from } = this.#index.pageOf(no);
    const page = this.#pages.get(from);
    if (page) return page.lines[no - page.from] ?? '';
    if (!this.#asked.has(from)) {
      this.#asked.add(from);
      void this.#load(no)
        .catch(() => null)
        .then(() => {
          this.#asked.delete(from);
          if (!this.#closed) this.#changed();
        });
    }
    return null;
  }

  /**
   * The nearest line from `from` on, in that direction, that passes the test. null = none, or stopped.
   * @param stop asked between pages
   */
  async find(
    test: (text: string) => boolean,
    from: number,
    by: 1 | -1,
    stop: () => boolean,
  ): Promise<number | null> {
    await this.refresh();
    let no = by > 0 ? Math.max(0, from) : Math.min(this.end - 1, from);
    while (no >= 0 && no < this.end && !stop() && !this.#closed) {
      if (no === this.#index.lines) {
        if (test(this.#rest)) return no;
        no += by;
        continue;
      }
      const page = await this.#load(no);
      for (; no >= page.from && no < page.from + page.lines.length; no += by)
        if (test(page.lines[no - page.from]!)) return no;
      if (page.lines.length === 0) return null;
    }
    return null;
  }

  /** Gives every line from `from` on, in order, until the end or until told to stop. @returns where it stopped */
  async each(from: number, take: (text: string, no: number) => void, stop: () => boolean): Promise<number> {
    await this.refresh();
    let no = from;
    while (no < this.#index.lines && !stop() && !this.#closed) {
      const page = await this.#load(no);
      if (page.lines.length === 0) break;
      for (; no < page.from + page.lines.length; no++) take(page.lines[no - page.from]!, no);
    }
    if (this.#whole && this.#rest !== '' && no === this.#index.lines) take(this.#rest, no++);
    return no;
  }

  async #scan(): Promise<void> {
    if (this.#closed) return;
    const file = await open(this.path, 'r');
    try {
      const { size } = await file.stat();
      // A script that truncates its own log starts it anew.
      if (size < this.#index.bytes) this.#forget();
      const before = this.#index.bytes;
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, size - before)));
      while (this.#index.bytes < size && !this.#closed) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#index.bytes);
        if (bytesRead === 0) break;
        this.#index.add(buffer.subarray(0, bytesRead));
      }
      if (this.#whole && this.#index.bytes > this.#index.lastStart)
        this.#rest = linesOf(await read(file, this.#index.lastStart, this.#index.bytes)).at(0) ?? this.#rest;
      if (this.#index.bytes === before && this.#state === 'known') return;
      // The last page has grown.
      this.#pages.delete(this.#index.pageOf(Math.max(0, this.#index.lines - 1)).from);
      this.#state = 'known';
    } finally {
      await file.close();
    }
    this.#changed();
  }

  #forget(): void {
    this.#index = new LineIndex();
    this.#pages.clear();
    this.#rest = '';
  }

  #lose(): void {
    if (this.#state === 'missing' || this.#closed) return;
    this.#state = 'missing';
    this.#changed();
  }

  async #load(no: number): Promise<{ from: number; lines: string[] }> {
    const { from, to, start, end } = this.#index.pageOf(no);
    const held = this.#pages.get(from);
    if (held && held.lines.length >= to - from) return held;
    const file = await open(this.path, 'r');
    let page: { from: number; lines: string[] };
    try {
      page = { from, lines: linesOf(await read(file, start, end)) };
    } finally {
      await file.close();
    }
    this.#pages.delete(from);
    this.#pages.set(from, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= pagesHeld) break;
      this.#pages.delete(oldest);
    }
    return page;
  }
}

async function read(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}

/** Bytes as lines; of a line that `\r` kept rewriting, what stood there last. Secrets stay in the file. */
function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  const masked = maskSecrets(text);
  const lines = masked.split('\n');
  // A secret of many lines has become one: the lines after it keep their numbers.
  if (masked !== text)
    for (let i = lines.length, all = text.split('\n').length; i < all; i++) lines.unshift('');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(lastState);
}

/** What a line that `\r` kept rewriting showed last, made harmless. */
function lastState(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end -= 1;
  const start = line.lastIndexOf('\r', end - 1) + 1;
  return clean(line.slice(start, Math.min(end, start + longestLine)));
}
