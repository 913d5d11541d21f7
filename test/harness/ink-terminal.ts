import { PassThrough, Writable } from 'node:stream';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { type Instance, render } from 'ink';
import type { ReactNode } from 'react';
import { AFTER_ESCAPE_MS, keyPresses } from './keys.ts';
import { type Awaited, VirtualScreen } from './virtual-screen.ts';

export interface InkTerminalOptions {
  /** Cells per row; 120 unless told. */
  columns?: number;
  /** Rows; 40 unless told. */
  rows?: number;
  /** See ScreenOptions.background. */
  background?: string;
}

/** A mounted Ink app on a virtual terminal, with the options that the product mounts with. */
export interface InkTerminal {
  readonly virtual: VirtualScreen;
  readonly ink: Instance;
  readonly stdout: FakeStdout;
  readonly stdin: FakeStdin;
  text(): string[];
  screen(): string;
  waitFor(wanted: Awaited, timeoutMs?: number): Promise<void>;
  /** Presses keys one by one; names in angle brackets as in `jj<enter>`. */
  press(keys: string): Promise<void>;
  /** Pastes, bracketed if the app asked for it. */
  paste(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Stops taking output, as a terminal on Ctrl+S does; writes pile up in the stream until `resume`. */
  stall(): void;
  resume(): void;
  unmount(): Promise<void>;
}

/** The output side of a fake terminal: a stream that says it is a TTY of a size. */
export class FakeStdout extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** Bytes that the app has written so far and the terminal has taken. */
  bytes = 0;
  private readonly shown: VirtualScreen;
  private gate: Promise<void> | null = null;
  private open: () => void = () => {};

  constructor(shown: VirtualScreen) {
    super({ decodeStrings: false });
    this.shown = shown;
    this.columns = shown.terminal.cols;
    this.rows = shown.terminal.rows;
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.take(chunk).then(() => done(), done);
  }

  private async take(chunk: string | Uint8Array): Promise<void> {
    await this.gate;
    this.bytes += Buffer.byteLength(chunk);
    await this.shown.feed(chunk);
  }

  getColorDepth(): number {
    return 24;
  }

  hasColors(): boolean {
    return true;
  }

  stall(): void {
    this.gate ??= new Promise((resolve) => {
      this.open = resolve;
    });
  }

  resume(): void {
    this.gate = null;
    this.open();
  }
}

/** The input side of a fake terminal. */
export class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Mounts an element as the product does: alternate screen, incremental rendering, interactive. */
export function mountInTerminal(element: ReactNode, options: InkTerminalOptions = {}): InkTerminal {
  const virtual = new VirtualScreen({
    columns: options.columns ?? 120,
    rows: options.rows ?? 40,
    convertEol: true,
    ...(options.background === undefined ? {} : { background: options.background }),
  });
  const stdout = new FakeStdout(virtual);
  const stdin = new FakeStdin();
  const replies = virtual.terminal.onData((reply) => stdin.write(reply));
  const ink = render(element, {
    stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stderr: stdout,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    virtual,
    ink,
    stdout,
    stdin,
    text: () => virtual.text(),
    screen: () => virtual.screen(),
    waitFor: (wanted, timeoutMs) => virtual.waitFor(wanted, timeoutMs),
    async press(keys) {
      for (const bytes of keyPresses(keys)) {
        stdin.write(bytes);
        if (bytes === '\u001B') await delay(AFTER_ESCAPE_MS);
        else await turn();
      }
    },
    async paste(text) {
      const { bracketedPasteMode } = virtual.terminal.modes;
      stdin.write(bracketedPasteMode ? `\u001B[200~${text}\u001B[201~` : text);
      await turn();
    },
    async resize(columns, rows) {
      virtual.terminal.resize(columns, rows);
      stdout.columns = columns;
      stdout.rows = rows;
      stdout.emit('resize');
      await ink.waitUntilRenderFlush();
    },
    stall: () => stdout.stall(),
    resume: () => stdout.resume(),
    async unmount() {
      stdout.resume();
      ink.unmount();
      await ink.waitUntilExit();
      replies.dispose();
    },
  };
}
