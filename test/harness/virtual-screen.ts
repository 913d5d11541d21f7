import xterm, { type Terminal } from '@xterm/headless';
import stringWidth from 'string-width';

/** What to wait for on a screen: a text, a pattern, or a condition on the whole screen. */
export type Awaited = string | RegExp | ((screen: string, rows: readonly string[]) => boolean);

export interface ScreenOptions {
  columns: number;
  rows: number;
  /** Turn `\n` into `\r\n`, as the kernel's terminal driver does; for output that passed no driver. */
  convertEol?: boolean;
  /** Answer to the question for the background colour (OSC 11), such as `rgb:0000/0000/0000`; silent without. */
  background?: string;
}

/** A terminal emulator without a window: takes bytes, shows rows, tells when something changed. */
export class VirtualScreen {
  readonly terminal: Terminal;
  private readonly watchers = new Set<() => void>();

  constructor(options: ScreenOptions) {
    this.terminal = new xterm.Terminal({
      cols: options.columns,
      rows: options.rows,
      convertEol: options.convertEol ?? false,
      allowProposedApi: true,
      scrollback: 1_000,
    });
    this.terminal.unicode.register(modernWidths);
    this.terminal.unicode.activeVersion = modernWidths.version;
    const { background } = options;
    if (background !== undefined) {
      this.terminal.parser.registerOscHandler(11, (data) => {
        if (data === '?') this.terminal.input(`\u001B]11;${background}\u0007`, false);
        return true;
      });
    }
  }

  /** Shows output; resolves when it is on the screen. */
  feed(output: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.terminal.write(output, () => {
        resolve();
        for (const watcher of this.watchers) watcher();
      });
    });
  }

  /** The visible rows, without blanks at their ends. */
  text(): string[] {
    const buffer = this.terminal.buffer.active;
    return Array.from({ length: this.terminal.rows }, (_, y) => {
      return buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '';
    });
  }

  /** The visible rows as one string. */
  screen(): string {
    return this.text().join('\n');
  }

  /** Resolves when the screen fulfils the condition; fails with a copy of the screen after `timeoutMs`. */
  waitFor(wanted: Awaited, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        clearTimeout(deadline);
        clearInterval(poll);
        this.watchers.delete(check);
        if (error) reject(error);
        else resolve();
      };
      const check = () => {
        // Half a frame is nothing that a person would see: terminals show it whole.
        if (this.terminal.modes.synchronizedOutputMode) return;
        try {
          if (fulfils(this, wanted)) finish();
        } catch (error) {
          finish(error as Error);
        }
      };
      const deadline = setTimeout(() => {
        const edge = '-'.repeat(this.terminal.cols);
        finish(
          new Error(`not on the screen after ${timeoutMs} ms: ${wanted}\n${edge}\n${this.screen()}\n${edge}`),
        );
      }, timeoutMs);
      // A condition may look at more than the screen, which tells us nothing when that changes.
      const poll = setInterval(check, 50);
      this.watchers.add(check);
      check();
    });
  }
}

function fulfils(screen: VirtualScreen, wanted: Awaited): boolean {
  if (typeof wanted === 'string') return screen.screen().includes(wanted);
  if (wanted instanceof RegExp) return wanted.test(screen.screen());
  return wanted(screen.screen(), screen.text());
}

const widths = new Map<number, 0 | 1 | 2>();
const wcwidth = (code: number): 0 | 1 | 2 => {
  let width = widths.get(code);
  if (width === undefined) {
    width = Math.min(2, stringWidth(String.fromCodePoint(code))) as 0 | 1 | 2;
    widths.set(code, width);
  }
  return width;
};

// xterm.js knows the widths of Unicode 6 only, where emoji are narrow; today's terminals agree with string-width.
const modernWidths = {
  version: 'modern',
  wcwidth,
  // The layout of xterm's packed properties: bit 0 joins with the character before, bits 1 and 2 are the width.
  charProperties(code: number, preceding: number): number {
    const before = (preceding >> 1) & 3;
    const width = wcwidth(code);
    const joins = width === 0 && preceding !== 0 && before !== 0;
    return ((joins ? Math.max(width, before) : width) << 1) | (joins ? 1 : 0);
  },
};
