// Foreign text (a log, a model's words, a file's name, another program's error) is data: whatever it holds, it must not
// paint the terminal. This is the one cleaner, for every border where such text meets a terminal, the screen's and the
// plain lines' alike.
// Sources: ECMA-48 (C1, CSI, control strings), xterm's ctlseqs (OSC 8, 52; ESC k), Unicode TR36 and TR9 (bidi, invisible).

/** Breaks of a line; in one line they become a blank. */
const breaks = /[\n\v\f\x85\u2028\u2029]+/g;
// Controls, soft hyphen, joiners and other marks of no width, fillers, bidi marks and embeddings, interlinear marks,
// tags (U+E0000 and up, by their first half). Emoji lose their joiners: a family becomes its members.
const invisible =
  '\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb';
const marks = '[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]';
/** So many marks on one letter are no writing: they paint over the lines around. */
const mostMarks = 8;
const unsafe = new RegExp(`[\\t${invisible}\\udb40-\\udb43]|${marks}{${mostMarks + 1}}`);
const invisibles = new RegExp(`[${invisible}]|[\\udb40-\\udb43][\\udc00-\\udfff]?`, 'g');
const heaps = new RegExp(`(${marks}{${mostMarks}})${marks}+`, 'g');
const tabStop = 4;

/** True when the text could move the cursor, change a mode or reorder or overpaint its neighbours. */
export function isUnsafe(text: string): boolean {
  return unsafe.test(text);
}

/** Foreign text as one line of harmless characters: no escapes, no invisible controls, tabs expanded. */
export function clean(text: string): string {
  if (!unsafe.test(text)) return text;
  const plain = stripEscapes(text).replace(breaks, ' ');
  return expandTabs(plain.replace(invisibles, '').replace(heaps, '$1'));
}

/** Foreign text of many lines, each one cleaned; `\r\n` and lone `\r` end a line too. */
export function cleanLines(text: string): string[] {
  // Before the lines are parted: a sequence may span them.
  return stripEscapes(text)
    .split(/\r\n|\n|\r/)
    .map(clean);
}

const escapeStart = /[\x1b\x8e-\x90\x98\x9b\x9d-\x9f]/g;
const stringEnd = /[\x1b\x9c]/g;
const oscEnd = /[\x07\x1b\x9c\n]/g;

/**
 * The text without escape sequences, each removed whole, so that no `[31m` litter stays behind. One whose end has not
 * come yet (a stream is cut anywhere) goes as far as it came; a string without an end must not hide more than its line.
 * Linear, whatever the text.
 */
function stripEscapes(text: string): string {
  escapeStart.lastIndex = 0;
  if (!escapeStart.test(text)) return text;
  const ends = new NextMatch(text, stringEnd);
  const oscEnds = new NextMatch(text, oscEnd);
  let out = '';
  let at = 0;
  for (;;) {
    escapeStart.lastIndex = at;
    const start = escapeStart.exec(text)?.index ?? text.length;
    out += text.slice(at, start);
    if (start === text.length) return out;
    at = afterEscape(text, start, ends, oscEnds);
  }
}

function afterEscape(text: string, start: number, ends: NextMatch, oscEnds: NextMatch): number {
  let at = start;
  while (text[at] === '\x1b') at += 1;
  // 8-bit controls are their 7-bit letters, 0x40 higher.
  const kind = at > start ? text[at++] : String.fromCharCode(text.charCodeAt(at++) - 0x40);
  switch (kind) {
    case undefined:
      return text.length;
    case '[':
      at = skip(text, at, '0', '?');
      at = skip(text, at, ' ', '/');
      return within(text, at, '@', '~') ? at + 1 : at;
    case ']':
      return stringEnds(text, oscEnds.from(at), true);
    case 'P':
    case 'X':
    case '^':
    case '_':
    case 'k': {
      const end = ends.from(at);
      if (end < text.length && stringTerminator(text, end) > 0) return stringEnds(text, end, false);
      const line = text.indexOf('\n', at);
      return line >= 0 && line < end ? line : end;
    }
    case 'N':
    case 'O':
      return within(text, at, ' ', '~') ? at + 1 : at;
    default:
      at = skip(text, at - 1, ' ', '/');
      return within(text, at, '0', '~') ? at + 1 : at;
  }
}

/** Behind the terminator at `end`, or at `end` when something else cut the string off. */
function stringEnds(text: string, end: number, bell: boolean): number {
  if (bell && text[end] === '\x07') return end + 1;
  return end + stringTerminator(text, end);
}

/** Length of the string terminator at `at`; 0 when there is none. */
function stringTerminator(text: string, at: number): number {
  if (text[at] === '\x9c') return 1;
  return text[at] === '\x1b' && text[at + 1] === '\\' ? 2 : 0;
}

const within = (text: string, at: number, from: string, to: string) =>
  at < text.length && text[at]! >= from && text[at]! <= to;

function skip(text: string, at: number, from: string, to: string): number {
  while (within(text, at, from, to)) at += 1;
  return at;
}

/** The next match at or behind a place, each one looked for once: places only grow. */
class NextMatch {
  #found = -1;
  readonly #text: string;
  readonly #pattern: RegExp;

  constructor(text: string, pattern: RegExp) {
    this.#text = text;
    this.#pattern = pattern;
  }

  from(at: number): number {
    if (this.#found < at) {
      this.#pattern.lastIndex = at;
      this.#found = this.#pattern.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#found;
  }
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let out = '';
  for (const [i, part] of text.split('\t').entries()) {
    if (i > 0) out += ' '.repeat(tabStop - (out.length % tabStop));
    out += part;
  }
  return out;
}

/** A value as one line of JSON that no terminal obeys: what JSON would print bare is escaped too; it parses to the same. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(invisibles, escaped).replace(heaps, escaped);
}

function escaped(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) out += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return out;
}
