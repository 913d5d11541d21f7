import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { onBeat } from './beat.ts';
import { LineFolder, LineSplitter, type Segment } from './lines.ts';

export interface TailConsumer {
  /** Every segment of the log, in order, also what is never displayed. At most about 64 KiB of text at once. */
  segments(batch: readonly Segment[]): void;
  /** For the eye: finished lines, the line being rewritten, and how many lines were too many. At most once per beat. */
  display(lines: string[], live: string | null, dropped: number): void;
}

export interface LogTail {
  /** Reads what is there now, to the end. */
  catchUp(): Promise<void>;
  /** Reads what is left and ends. Safe to call once the writers are gone. */
  finish(): Promise<void>;
}

const chunkBytes = 64 * 1024;
/** Per beat; more is shown as dropped. */
const displayChars = 256 * 1024;
/** Per beat: a flood is parsed over several beats, so that the engine's heartbeat goes on. */
const readBytes = 4 * 1024 * 1024;

/**
 * Follows a growing log file by offset. The writer never waits for us: it has the file, not a pipe.
 * @param maxBytes nothing after this offset is read.
 * @throws the error of opening the file.
 */
export async function followLog(path: string, maxBytes: number, consumer: TailConsumer): Promise<LogTail> {
  const file = await open(path, 'r');
  const splitter = new LineSplitter();
  const folder = new LineFolder();
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const shown = new DisplayBuffer();
  let offset = 0;
  let lastLive: string | null = null;

  const take = (segments: Segment[]): void => {
    if (segments.length === 0) return;
    consumer.segments(segments);
    shown.add(folder.push(segments));
  };
  /** Reads on; true when the end was reached. */
  const readOn = async (limit: number): Promise<boolean> => {
    for (let read = 0; read < limit; ) {
      const room = Math.min(chunkBytes, maxBytes - offset);
      const { bytesRead } = room > 0 ? await file.read(buffer, 0, room, offset) : { bytesRead: 0 };
      if (bytesRead === 0) return true;
      offset += bytesRead;
      read += bytesRead;
      take(splitter.push(buffer.subarray(0, bytesRead)));
    }
    return false;
  };
  const show = (): void => {
    const live = folder.live(splitter.rest());
    if (shown.isEmpty && live === lastLive) return;
    lastLive = live;
    const { lines, dropped } = shown.take();
    consumer.display(lines, live, dropped);
  };
  const look = async (): Promise<void> => {
    // Ten times a second, mostly for nothing: asking for the size is the cheapest way to see that nothing came, and
    // a synchronous call for what the kernel knows by heart is cheaper than the thread pool's round.
    const { size } = fstatSync(file.fd);
    if (size === offset && shown.isEmpty) return;
    if (size < offset) offset = 0;
    // Not beyond the size that is known: a read that finds the end is a round of the thread pool for nothing.
    await readOn(Math.min(readBytes, size - offset));
    show();
  };
  /** A script that truncates its own log starts it anew; the metrics found before stay. */
  const restartIfTruncated = async (): Promise<void> => {
    if ((await file.stat()).size < offset) offset = 0;
  };

  let looking: Promise<void> | null = null;
  const follow = () =>
    onBeat(() => {
      looking ??= look()
        // A read error on our own log (disk gone) is told by the trial's end, not by a crash of the engine.
        .catch(() => undefined)
        .finally(() => {
          looking = null;
        });
    });
  let stop = follow();

  return {
    async catchUp() {
      stop();
      await looking;
      await restartIfTruncated();
      while (!(await readOn(readBytes)));
      show();
      stop = follow();
    },
    async finish() {
      stop();
      await looking;
      try {
        await restartIfTruncated();
        while (!(await readOn(readBytes)));
        take(splitter.end());
        show();
      } finally {
        await file.close();
      }
    },
  };
}

/** The newest lines of a beat, within the display's cap. */
class DisplayBuffer {
  #lines: string[] = [];
  #chars = 0;
  #dropped = 0;
  #first = 0;

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#dropped === 0;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#chars += line.length + 1;
    }
    while (this.#chars > displayChars && this.#first < this.#lines.length - 1) {
      this.#chars -= this.#lines[this.#first]!.length + 1;
      this.#first += 1;
      this.#dropped += 1;
    }
    if (this.#first > 1000) {
      this.#lines.splice(0, this.#first);
      this.#first = 0;
    }
  }

  take(): { lines: string[]; dropped: number } {
    const taken = { lines: this.#lines.slice(this.#first), dropped: this.#dropped };
    this.#lines = [];
    this.#chars = 0;
    this.#dropped = 0;
    this.#first = 0;
    return taken;
  }
}

/**
 * The last lines of a log as a terminal would show them: a whole stream of `\r` progress is one line (a late crash of
 * a trainer leaves 100 kB of it in front of the traceback). Reads at most 16 MiB from the end. No file: no lines.
 */
export async function tailOf(path: string, count: number): Promise<string[]> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = await file.stat();
    for (let window = 64 * 1024; ; window *= 4) {
      const start = Math.max(0, size - window);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const lines = linesOf(bytes.subarray(0, bytesRead));
      // The first line of a window that starts in the middle of the file is a fragment.
      if (start > 0) lines.shift();
      if (lines.length >= count || start === 0 || window >= 16 * 1024 * 1024) return lines.slice(-count);
    }
  } finally {
    await file.close();
  }
}

function linesOf(bytes: Uint8Array): string[] {
  const splitter = new LineSplitter();
  const folder = new LineFolder();
  const lines = folder.push(splitter.push(bytes));
  const live = folder.live(splitter.rest());
  if (live !== null) lines.push(live);
  return lines;
}
