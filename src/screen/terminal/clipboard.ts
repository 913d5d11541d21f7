import { throughTmux } from '../notify/notice-codes.ts';

/** Terminals drop what is longer, and some crash: the limit that other tools use. Bytes of base64. */
const longest = 74_000;

export interface Copied {
  /** What to write to the terminal. */
  codes: string;
  /** Characters that did not fit. */
  left: number;
}

/**
 * The codes (OSC 52) that put a text on the clipboard of the terminal's own machine, also over ssh. tmux has to be
 * told to pass them on, so it gets them both ways.
 */
export function copyCodes(text: string, env: NodeJS.ProcessEnv): Copied {
  let fits = text;
  while (encoded(fits).length > longest) fits = fits.slice(0, Math.floor(fits.length * 0.9));
  // Half of a pair is no character.
  if (/[\ud800-\udbff]$/.test(fits) && fits.length < text.length) fits = fits.slice(0, -1);
  const plain = `\x1b]52;c;${encoded(fits)}\x07`;
  const codes = env.TMUX ? plain + throughTmux(plain) : plain;
  return { codes, left: text.length - fits.length };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
