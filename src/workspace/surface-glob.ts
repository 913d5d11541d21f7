import { UserError } from '../protocol/failure.ts';
import { isHouseName } from '../protocol/house-names.ts';

// git's pathspec globs (`:(glob)`), in JavaScript, because a file that does not exist yet cannot be asked of git.
// Source: wildmatch.c with WM_PATHNAME; a property test compares the two. git matches bytes, so do we: both sides are
// turned into one character a byte.

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const posixClasses: Record<string, string> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9a-fA-F',
};

const quote = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** True when the pattern has wildcards; without them it names one file, or a folder with everything below. */
export function isGlob(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

/** The part of a glob before its first wildcard component: a folder or file that must exist. */
export function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex(isGlob);
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}

/**
 * Cleans a pattern of `pawl.yaml`: no `./`, no trailing slash. A leading `!` (exclude) stays.
 * @throws UserError when it leaves the project.
 */
export function cleanGlob(pattern: string): string {
  const excluded = pattern.startsWith('!');
  const body = (excluded ? pattern.slice(1) : pattern).replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  if (body === '' || body.startsWith('/') || body.split('/').includes('..'))
    throw new UserError(`surface: ${JSON.stringify(pattern)} must name files inside the project.`);
  if (!excluded && body.split('/').some(isHouseName))
    throw new UserError(
      `surface: ${JSON.stringify(pattern)} is inside .git or .pawl, which no experiment may change.`,
    );
  return (excluded ? '!' : '') + (body === '.' ? '**' : body);
}

/** A test for paths (posix, relative to the project) against one cleaned pattern without `!`. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const literal = (path: string): boolean => path === pattern || path.startsWith(`${pattern}/`);
  if (!isGlob(pattern)) return literal;
  // git compares what is before the first wildcard by letters, and takes the rest for a pattern of its own
  // (so that `a**` may cross folders, as a leading `**` does).
  const wild = pattern.search(/[*?[\\]/);
  const source = regexSource(bytes(pattern.slice(wild)));
  // An unclosed bracket is no wildcard in git either.
  if (source === null) return literal;
  const regex = new RegExp(`^${quote(bytes(pattern.slice(0, wild)))}${source}$`, 's');
  // git too tries the letters first: `a[1].py` finds the file of that very name.
  return (path) => literal(path) || regex.test(bytes(path));
}

/** A test for paths against a whole list of patterns: any positive one, and no `!` one. */
export function surfaceMatcher(patterns: readonly string[]): (path: string) => boolean {
  const cleaned = patterns.map(cleanGlob);
  const wanted = cleaned.filter((pattern) => !pattern.startsWith('!')).map(globMatcher);
  const unwanted = cleaned.filter((pattern) => pattern.startsWith('!')).map((p) => globMatcher(p.slice(1)));
  return (path) => wanted.some((match) => match(path)) && !unwanted.some((match) => match(path));
}

function regexSource(pattern: string): string | null {
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at]!;
    if (char === '*') {
      let end = at;
      while (pattern[end] === '*') end += 1;
      const bounded =
        (at === 0 || pattern[at - 1] === '/') && (end === pattern.length || pattern[end] === '/');
      if (end - at >= 2 && bounded && pattern[end] === '/') {
        out += '(?:.*/)?';
        end += 1;
      } else out += end - at >= 2 && bounded ? '.*' : '[^/]*';
      at = end;
    } else if (char === '?') {
      out += '[^/]';
      at += 1;
    } else if (char === '[') {
      const bracket = bracketSource(pattern, at);
      if (!bracket) return null;
      out += bracket.source;
      at = bracket.end;
    } else if (char === '\\') {
      if (at + 1 >= pattern.length) return null;
      out += quote(pattern[at + 1]!);
      at += 2;
    } else {
      out += quote(char);
      at += 1;
    }
  }
  return out;
}

/** `[a-z]`, `[!a]`, `[[:digit:]_]` starting at `start`; null when it is never closed. */
function bracketSource(pattern: string, start: number): { source: string; end: number } | null {
  let at = start + 1;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at += 1;
  const set: string[] = [];
  let first = true;
  while (at < pattern.length && (first || pattern[at] !== ']')) {
    first = false;
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at));
    if (named) {
      const members = posixClasses[named[1]!];
      if (members === undefined) return null;
      set.push(members);
      at += named[0].length;
      continue;
    }
    const from = pattern[at] === '\\' ? pattern[++at] : pattern[at];
    if (from === undefined) return null;
    at += 1;
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      at += 1;
      const to = pattern[at] === '\\' ? pattern[++at] : pattern[at];
      if (to === undefined) return null;
      at += 1;
      if (from <= to) set.push(`${quote(from)}-${quote(to)}`);
    } else set.push(quote(from));
  }
  if (at >= pattern.length) return null;
  // An empty set (only backward ranges) matches nothing, negated everything; `/` is never matched.
  const body = set.length === 0 ? (negated ? '[^]' : '(?!)') : `[${negated ? '^' : ''}${set.join('')}]`;
  return { source: `(?!/)${body}`, end: at + 1 };
}
