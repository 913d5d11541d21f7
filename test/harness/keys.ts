/** What a terminal sends for the keys that have a name; everything else is sent as it is. */
export const keyBytes: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001B',
  tab: '\t',
  'shift-tab': '\u001B[Z',
  space: ' ',
  backspace: '\u007F',
  delete: '\u001B[3~',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pageup: '\u001B[5~',
  pagedown: '\u001B[6~',
  f1: '\u001BOP',
  lt: '<',
};

/** Escape alone is told from the start of a sequence by silence (Ink waits 20 ms), so a key may follow only after it;
 * and keys that come within 20 ms of each other are a paste to pawl. A hand is slower than this. */
export const AFTER_ESCAPE_MS = 60;

/**
 * Splits `jj<enter><ctrl-c>x` into what the terminal sends per key press. Unknown names in angle brackets
 * stay literal, so `a<b` needs no quoting.
 */
export function keyPresses(keys: string): string[] {
  const presses: string[] = [];
  for (const part of keys.matchAll(/<([a-z0-9-]+)>|(.)/gsu)) {
    const [whole, name] = part;
    if (name === undefined) presses.push(whole);
    else if (/^ctrl-[a-z]$/.test(name)) presses.push(String.fromCharCode(name.charCodeAt(5) - 0x60));
    else if (name in keyBytes) presses.push(keyBytes[name]!);
    else presses.push(...whole);
  }
  return presses;
}
