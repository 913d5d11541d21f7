import { PassThrough } from 'node:stream';
import { type Background, backgroundOf } from '../theme/background.ts';

/** What the terminal says by itself, among the keys. */
export interface Reports {
  focus?: (focused: boolean) => void;
  /** It said what its background is, also when it took its time. */
  background?: (background: Background) => void;
}

/**
 * The keyboard as Ink reads it, without what is no key: the answer to the question for the background colour, and the
 * reports that the window has got or lost the focus. Both come in the same stream, and Ink would take them for text.
 */
export interface TerminalInput {
  /** For Ink: the keys alone. */
  readonly keys: NodeJS.ReadStream;
  /** Replaces who hears the reports. */
  listen(reports: Reports): void;
  /** Asks the terminal to report focus; suspended with raw mode, so that no editor is told. */
  reportFocus(on: boolean): void;
  /**
   * Asks for the background colour. null: it did not say within `ms`, or said at once that it does not know.
   * Keys pressed meanwhile wait for Ink.
   */
  askBackground(ms?: number): Promise<Background | null>;
  /** When the last key was pressed, local ms; when this was opened, before the first one. */
  lastKeyAt(): number;
  /** Gives the terminal back. */
  close(): void;
}

type Stdin = Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'resume'> &
  Partial<Pick<NodeJS.ReadStream, 'setRawMode' | 'ref' | 'unref' | 'isTTY'>>;

const heldMs = 20;
const answerMs = 250;

/** Opens the input side of a terminal. Nothing is read until raw mode is switched on. */
export function openTerminalInput(
  stdin: Stdin,
  write: (codes: string) => void,
  reports: Reports = {},
): TerminalInput {
  let heard = reports;
  /** A late answer that nobody was there to hear. */
  let unheard: Background | null = null;
  let raw = false;
  let focusWanted = false;
  let held = '';
  let keyAt = Date.now();
  let timer: NodeJS.Timeout | null = null;
  let answered: ((background: Background | null) => void) | null = null;

  const report = (sequence: string) => {
    if (sequence === '\x1b[I' || sequence === '\x1b[O') return heard.focus?.(sequence === '\x1b[I');
    // Device attributes: asked for after the colour. A terminal that answers these only will not answer that.
    if (sequence.endsWith('c')) return answered?.(null);
    const background = backgroundOf(/^\x1b\]11;([^\x07\x1b]*)/.exec(sequence)?.[1] ?? '');
    if (background === null) return;
    if (answered) answered(background);
    else if (heard.background) heard.background(background);
    else unheard = background;
  };
  // One character for each byte: a letter of several bytes may be cut between two reads.
  const pass = (text: string) => {
    if (text === '') return;
    keyAt = Date.now();
    keys.write(Buffer.from(text, 'latin1'));
  };
  const release = () => {
    timer = null;
    const rest = held;
    held = '';
    // A colour whose end never came is no key.
    if (!rest.startsWith('\x1b]11;')) pass(rest);
  };
  const take = (chunk: Buffer | string) => {
    if (timer) clearTimeout(timer);
    timer = null;
    const text = held + (typeof chunk === 'string' ? Buffer.from(chunk) : chunk).toString('latin1');
    held = '';
    let at = 0;
    for (const match of text.matchAll(wholeReport)) {
      pass(text.slice(at, match.index));
      at = match.index + match[0].length;
      report(match[0]);
    }
    const rest = text.slice(at);
    held = partReport.exec(rest)?.[0] ?? '';
    pass(rest.slice(0, rest.length - held.length));
    if (held !== '') timer = setTimeout(release, held.startsWith('\x1b]11;') ? answerMs : heldMs);
  };
  const setRaw = (on: boolean) => {
    stdin.setRawMode?.(on);
    if (on === raw) return;
    raw = on;
    if (on) {
      stdin.on('data', take);
      stdin.resume();
      if (focusWanted) write(focusOn);
    } else {
      if (focusWanted) write(focusOff);
      stdin.off('data', take);
      stdin.pause();
    }
  };
  const keys = Object.assign(new PassThrough(), {
    isTTY: true as const,
    isRaw: false,
    setRawMode(on: boolean) {
      setRaw(on);
      this.isRaw = on;
      return this;
    },
    ref() {
      stdin.ref?.();
      return this;
    },
    unref() {
      stdin.unref?.();
      return this;
    },
  });

  return {
    keys: keys as unknown as NodeJS.ReadStream,
    listen(next) {
      heard = next;
      if (unheard !== null) heard.background?.(unheard);
      unheard = null;
    },
    reportFocus(on) {
      if (on === focusWanted) return;
      focusWanted = on;
      if (raw) write(on ? focusOn : focusOff);
    },
    askBackground(ms = 100) {
      setRaw(true);
      return new Promise((resolve) => {
        const finish = (background: Background | null) => {
          clearTimeout(deadline);
          answered = null;
          resolve(background);
        };
        // The time may have gone into work of our own: what the terminal has said meanwhile is read before it counts as silent.
        const deadline = setTimeout(() => setImmediate(() => answered === finish && finish(null)), ms);
        answered = finish;
        write(question);
      });
    },
    lastKeyAt: () => keyAt,
    close() {
      setRaw(false);
      stdin.unref?.();
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}

const question = '\x1b]11;?\x1b\\\x1b[c';
const focusOn = '\x1b[?1004h';
/** Ends focus reports; also for those who leave without closing. */
export const focusOff = '\x1b[?1004l';
const wholeReport = /\x1b\[[IO]|\x1b\[\?[\d;]*c|\x1b\]11;[^\x07\x1b]{0,60}(?:\x07|\x1b\\)/g;
// A beginning of one of these at the end of what was read. A lone Esc is not held: it is a key, and Ink waits itself.
const partReport = /\x1b(?:\[(?:\?[\d;]*)?|\](?:1(?:1(?:;[^\x07\x1b]{0,60}\x1b?)?)?)?)$/;
