import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { AFTER_ESCAPE_MS, keyPresses } from './keys.ts';
import { type Awaited, VirtualScreen } from './virtual-screen.ts';

export interface PtyOptions {
  cwd?: string;
  /** Added to this process's environment; `undefined` removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  columns?: number;
  rows?: number;
  /** See ScreenOptions.background. */
  background?: string;
}

export interface PtyExit {
  code: number;
  /** Signal number, 0 if none. */
  signal: number;
}

/** A real process on a real pseudo-terminal that an emulator draws. */
export interface Pty {
  readonly pid: number;
  readonly virtual: VirtualScreen;
  /** Resolves once, when the process is gone and its last output is on the screen. */
  readonly exit: Promise<PtyExit>;
  /** Bytes that the process has written and we have read. */
  readonly bytes: number;
  text(): string[];
  screen(): string;
  waitFor(wanted: Awaited, timeoutMs?: number): Promise<void>;
  /** Sends bytes as they are. */
  write(bytes: string): void;
  /** Presses keys one by one with a person's gap; names in angle brackets as in `jj<enter>`. */
  press(keys: string): Promise<void>;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Stops reading: once the kernel's buffer is full the process blocks in its write, as on Ctrl+S. */
  pause(): void;
  resume(): void;
  kill(signal?: NodeJS.Signals): void;
}

// Any of these makes Ink believe that nobody watches, or belongs to the terminal that the tests run in.
const NOT_INHERITED =
  /^(CI|CI_.*|CONTINUOUS_INTEGRATION|BUILD_NUMBER|RUN_ID|NO_COLOR|FORCE_COLOR|NODE_ENV|TMUX.*|COLUMNS|LINES|VITEST.*|INK_SCREEN_READER)$/;

/** Starts a program on a new pseudo-terminal. */
export function openPty(command: string, args: readonly string[], options: PtyOptions = {}): Pty {
  const columns = options.columns ?? 120;
  const rows = options.rows ?? 40;
  const virtual = new VirtualScreen({
    columns,
    rows,
    ...(options.background === undefined ? {} : { background: options.background }),
  });
  const child = spawn(command, [...args], {
    // Becomes TERM, whatever the environment says.
    name: options.env?.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd ?? process.cwd(),
    env: terminalEnvironment(options.env ?? {}),
    encoding: null,
  });

  let bytes = 0;
  let alive = true;
  let lastShown: Promise<void> = Promise.resolve();
  // With encoding null the chunks are buffers, whatever the type says.
  child.onData((chunk: string | Uint8Array) => {
    bytes += chunk.length;
    lastShown = virtual.feed(chunk);
  });
  const send = (data: string) => {
    if (alive) child.write(data);
  };
  virtual.terminal.onData(send);
  const exit = new Promise<PtyExit>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      alive = false;
      lastShown.then(() => resolve({ code: exitCode, signal: signal ?? 0 }));
    });
  });

  return {
    pid: child.pid,
    virtual,
    exit,
    get bytes() {
      return bytes;
    },
    text: () => virtual.text(),
    screen: () => virtual.screen(),
    waitFor: (wanted, timeoutMs) => virtual.waitFor(wanted, timeoutMs),
    write: send,
    async press(keys) {
      for (const press of keyPresses(keys)) {
        send(press);
        await delay(AFTER_ESCAPE_MS);
      }
    },
    paste(text) {
      send(virtual.terminal.modes.bracketedPasteMode ? `\u001B[200~${text}\u001B[201~` : text);
    },
    resize(newColumns, newRows) {
      virtual.terminal.resize(newColumns, newRows);
      if (alive) child.resize(newColumns, newRows);
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
    kill(signal = 'SIGTERM') {
      if (alive) child.kill(signal);
    },
  };
}

function terminalEnvironment(extra: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !NOT_INHERITED.test(name)) env[name] = value;
  }
  env.COLORTERM = 'truecolor';
  for (const [name, value] of Object.entries(extra)) {
    // node-pty would pass the word "undefined" on.
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}
