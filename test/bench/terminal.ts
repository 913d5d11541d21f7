import { spawn } from '@lydell/node-pty';

/** A process on a pseudo-terminal of 120x40 whose output is counted, not drawn: an emulator would cost what we measure. */
export interface Terminal {
  readonly pid: number;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Frames so far, by Ink's marks of synchronised output. */
  readonly frames: number;
  readonly exit: Promise<void>;
  write(keys: string): void;
  /** Calls back with every piece of output until the returned function is called. */
  listen(listener: (text: string) => void): () => void;
  /** Resolves with performance.now() when output since now contains the text. */
  next(wanted: string, timeoutMs?: number): Promise<number>;
  pause(): void;
  resume(): void;
  resize(columns: number, rows: number): void;
  kill(): void;
}

export const columns = 120;
export const rows = 40;

// Any of these makes Ink believe that nobody watches.
const notInherited =
  /^(CI|CI_.*|CONTINUOUS_INTEGRATION|BUILD_NUMBER|RUN_ID|NO_COLOR|FORCE_COLOR|TMUX.*|COLUMNS|LINES)$/;
const frameStart = '\u001B[?2026h';

export function openTerminal(
  command: string,
  args: string[],
  place: { directory: string; env: Record<string, string> },
): Terminal {
  const env = Object.fromEntries(Object.entries(place.env).filter(([name]) => !notInherited.test(name)));
  const child = spawn(command, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: place.directory,
    env: { ...env, COLORTERM: 'truecolor' },
  });
  let bytes = 0;
  let frames = 0;
  const listeners = new Set<(text: string) => void>();
  child.onData((text) => {
    bytes += Buffer.byteLength(text);
    for (let at = text.indexOf(frameStart); at >= 0; at = text.indexOf(frameStart, at + 1)) frames += 1;
    for (const listener of listeners) listener(text);
  });
  const listen = (listener: (text: string) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  let alive = true;
  const exit = new Promise<void>((resolve) => {
    child.onExit(() => {
      alive = false;
      resolve();
    });
  });
  return {
    pid: child.pid,
    exit,
    get bytes() {
      return bytes;
    },
    get frames() {
      return frames;
    },
    listen,
    write: (keys) => alive && child.write(keys),
    next(wanted, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        let seen = '';
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`${JSON.stringify(wanted)} was not written within ${timeoutMs} ms`));
        }, timeoutMs);
        const stop = listen((text) => {
          seen = (seen + text).slice(-200_000);
          if (!seen.includes(wanted)) return;
          clearTimeout(timer);
          stop();
          resolve(performance.now());
        });
      });
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
    resize: (wide, high) => alive && child.resize(wide, high),
    kill: () => alive && child.kill('SIGKILL'),
  };
}
