import {
  type AnsiCode,
  ansiCodesToString,
  diffAnsiCodes,
  reduceAnsiCodesIncremental,
  type StyledChar,
  tokenize as slowTokenize,
  type Token,
} from '@alcalzone/ansi-tokenize';
import { plain } from './plain-signs.ts';

// Where rows cannot be joined as they are (joined-rows.ts: a box lies over wide characters), Ink takes every row apart into
// characters, three times a frame, also the rows that did not change. The bundle puts this in the place of
// @alcalzone/ansi-tokenize for Ink: the same answers, but a row that was seen before costs a lookup, and rows of plain
// characters are scanned without the grapheme segmenter.

export * from '@alcalzone/ansi-tokenize';

/** Rows remembered; a screen has about two hundred. */
const capacity = 1000;
const seen = new Map<string, Token[]>();
const styled = new WeakMap<Token[], StyledChar[]>();

/** As the original; the result is shared and must not be changed (Ink does not). */
export function tokenize(text: string, endChar = Number.POSITIVE_INFINITY): Token[] {
  if (endChar !== Number.POSITIVE_INFINITY) return slowTokenize(text, endChar);
  const known = seen.get(text);
  if (known) {
    // Moves it to the young end: what is on screen stays.
    seen.delete(text);
    seen.set(text, known);
    return known;
  }
  const tokens = plain.test(text) ? scan(text) : slowTokenize(text);
  seen.set(text, tokens);
  if (seen.size > capacity) seen.delete(seen.keys().next().value!);
  return tokens;
}

/** As the original; equal styles and equal characters are one object, so that comparing them is comparing pointers. */
export function styledCharsFromTokens(tokens: Token[]): StyledChar[] {
  const known = styled.get(tokens);
  if (known) return known;
  const chars: StyledChar[] = [];
  let codes: AnsiCode[] = [];
  let style = styleFor(codes);
  for (const token of tokens) {
    if (token.type === 'ansi') {
      codes = reduceAnsiCodesIncremental(codes, [token]);
      style = styleFor(codes);
    } else if (token.type === 'char') chars.push(styledChar(token, style));
  }
  styled.set(tokens, chars);
  return chars;
}

/** As the original; the codes between two styles are worked out once. */
export function styledCharsToString(chars: StyledChar[]): string {
  let out = '';
  let style = noStyle;
  for (const char of chars) {
    const next = char.styles.length === 0 ? noStyle : char.styles;
    if (next !== style) {
      out += between(style, next);
      style = next;
    }
    out += char.value;
  }
  return style === noStyle ? out : out + between(style, noStyle);
}

/** The style of a plain character; to compare by identity. */
const noStyle: AnsiCode[] = [];
const paths = new WeakMap<AnsiCode[], WeakMap<AnsiCode[], string>>();

/** The codes that lead from one style to the other. */
function between(from: AnsiCode[], to: AnsiCode[]): string {
  let known = paths.get(from);
  if (!known) {
    known = new WeakMap();
    paths.set(from, known);
  }
  let codes = known.get(to);
  if (codes === undefined) {
    codes = ansiCodesToString(diffAnsiCodes(from, to));
    known.set(to, codes);
  }
  return codes;
}

const charTokens = new Map<string, Token>();
const styleCodes = new Map<string, Token[]>();

function scan(text: string): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char !== '\x1b') {
      out.push(charToken(char));
      continue;
    }
    const end = text.indexOf('m', i);
    const code = text.slice(i, end + 1);
    let codes = styleCodes.get(code);
    if (!codes) {
      codes = slowTokenize(code);
      if (styleCodes.size < 4096) styleCodes.set(code, codes);
    }
    out.push(...codes);
    i = end;
  }
  return out;
}

function charToken(value: string): Token {
  let token = charTokens.get(value);
  if (!token) {
    token = { type: 'char', value, fullWidth: false };
    charTokens.set(value, token);
  }
  return token;
}

interface SharedStyle {
  styles: AnsiCode[];
  chars: Map<string, StyledChar>;
}
const sharedStyles = new Map<string, SharedStyle>();

function styleFor(codes: AnsiCode[]): SharedStyle {
  const key = codes.map((c) => `${c.code}${c.endCode}`).join('');
  let style = sharedStyles.get(key);
  if (!style) {
    style = { styles: codes, chars: new Map() };
    if (sharedStyles.size < 1024) sharedStyles.set(key, style);
  }
  return style;
}

type CharToken = Extract<Token, { type: 'char' }>;

function styledChar(token: CharToken, { styles, chars }: SharedStyle): StyledChar {
  // Wide and rare characters keep an object of their own: they would fill the table.
  if (token.fullWidth || token.value.length > 1) return { ...token, styles };
  let shared = chars.get(token.value);
  if (!shared) {
    shared = { ...token, styles };
    if (chars.size < 2048) chars.set(token.value, shared);
  }
  return shared;
}
