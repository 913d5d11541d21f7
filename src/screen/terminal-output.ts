import type { WriteStream } from 'node:tty';

// The one place that knows how a terminal can fail us. A TTY write blocks the whole event loop while the terminal
// does not read (Ctrl+S, hung ssh): the handle is switched to non-blocking, and drawing waits while bytes queue up.
const queueLimit = 64 * 1024;

export interface TerminalOutput {
  /** True while the terminal has not taken earlier frames. */
  blocked(): boolean;
  /** Another program has the terminal: nothing is published, and writes wait as that program expects. */
  lend(lent: boolean): void;
  /** Waits until what was written has left, at most `ms`, then gives the handle back as it was. */
  release(ms?: number): Promise<void>;
}

type Handle = { setBlocking?: (blocking: boolean) => number };

/** Guards `stdout`; `gone` is called once when the terminal has vanished (EIO, EPIPE). */
export function guardOutput(stdout: WriteStream, gone: () => void): TerminalOutput {
  setBlocking(stdout, false);
  let lost = false;
  let lent = false;
  const onError = () => {
    if (lost) return;
    lost = true;
    gone();
  };
  stdout.on('error', onError);
  return {
    blocked: () => lent || stdout.writableLength > queueLimit,
    lend(now) {
      lent = now;
      setBlocking(stdout, now);
    },
    async release(ms = 1000) {
      if (!lost) await drained(stdout, ms);
      // Blocking again with bytes in the queue would hang on a terminal that does not read.
      if (!lost && stdout.writableLength === 0) setBlocking(stdout, true);
      // The error listener stays: a late EIO of a dead terminal must not become a crash.
    },
  };
}

function setBlocking(stdout: WriteStream, blocking: boolean): void {
  // `_handle` is internal: where it is missing, the stream stays as Node made it.
  (stdout as unknown as { _handle?: Handle | null })._handle?.setBlocking?.(blocking);
}

function drained(stdout: WriteStream, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    // An empty write is called back after all that were made before it.
    stdout.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
