// What of a source text is code: comments and the insides of strings become blanks, offsets stay the same.
// Not a parser: enough for telling a named number from one in a comment, in any common language.

export interface Syntax {
  /** How assignments look: braces and keywords, column 0 only, or keys of a data file. */
  kind: 'braces' | 'lines' | 'yaml' | 'toml' | 'json';
  language: string;
  /** Marks of a comment up to the end of the line. */
  line: readonly string[];
  block: readonly (readonly [string, string])[];
  /** Quotes of strings that end on their line. */
  quotes: readonly string[];
  /** Marks of strings that run over lines: opening and closing. */
  long: readonly (readonly [string, string])[];
}

const braces = (language: string, over: Partial<Syntax> = {}): Syntax => ({
  kind: 'braces',
  language,
  line: ['//'],
  block: [['/*', '*/']],
  quotes: ['"', "'"],
  long: [],
  ...over,
});
const lines = (language: string, over: Partial<Syntax> = {}): Syntax => ({
  kind: 'lines',
  language,
  line: ['#'],
  block: [],
  quotes: ['"', "'"],
  long: [],
  ...over,
});

const c = braces('c');
const js = braces('js', { long: [['`', '`']] });
const python = lines('python', {
  long: [
    ['"""', '"""'],
    ["'''", "'''"],
  ],
});
const lua = lines('lua', {
  line: ['--'],
  block: [['--[[', ']]']],
  long: [['[[', ']]']],
});
const shell = lines('shell');
const toml: Syntax = { ...python, kind: 'toml', language: 'toml', line: ['#', ';'] };
const byExtension: Record<string, Syntax> = {
  rs: braces('rust'),
  go: braces('go', { long: [['`', '`']] }),
  py: python,
  pyi: python,
  lua,
  jl: lines('julia', { block: [['#=', '=#']], quotes: ['"'], long: [['"""', '"""']] }),
  toml,
  ini: toml,
  cfg: toml,
  conf: toml,
  yaml: { ...shell, kind: 'yaml', language: 'yaml' },
  yml: { ...shell, kind: 'yaml', language: 'yaml' },
  json: { ...js, kind: 'json', language: 'json' },
};
for (const ext of ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx']) byExtension[ext] = js;
for (const ext of 'c h cc cpp cxx hpp hh cu cuh m mm metal java cs dart'.split(' ')) byExtension[ext] = c;
for (const ext of ['kt', 'kts', 'swift', 'scala', 'zig']) byExtension[ext] = braces('typed');
for (const ext of 'r rb sh bash zsh mk nim ex exs ps1 tcl'.split(' ')) byExtension[ext] = shell;
for (const ext of ['hs', 'sql', 'elm'])
  byExtension[ext] = lines(ext, { line: ['--'], block: [['{-', '-}']] });

/** The syntax that a path's ending says, or the text itself when there is no path or an unknown one. */
export function syntaxOf(text: string, path?: string): Syntax {
  const known = path === undefined ? undefined : byExtension[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''];
  if (known) return known;
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const signs: [number, Syntax][] = [
    [count(/^\s*(?:#(?!\s*(?:define|include|if|endif|pragma|undef))|def |import \w+$|from \w)/gm), python],
    [
      count(
        /^\s*(?:\/\/|\/\*|const |let |var |export |fn |pub |func |package |#\s*(?:define|include)|.*[;{]$)/gm,
      ),
      js,
    ],
    [count(/^\s*(?:--|local )/gm), lua],
  ];
  const [best] = signs.toSorted((a, b) => b[0] - a[0]);
  return best![0] > 0 ? best![1] : python;
}

/** The text with comments blanked and strings emptied; the same length and the same lines. */
export function maskCode(text: string, syntax: Syntax): string {
  const out: string[] = [];
  let at = 0;
  /** Blanks up to `end`, keeping line ends. */
  const blank = (end: number) => {
    out.push(text.slice(at, end).replace(/[^\n]/g, ' '));
    at = end;
  };
  const after = (mark: string, from: number) => {
    const i = text.indexOf(mark, from);
    return i < 0 ? text.length : i + mark.length;
  };
  const endOfLine = (from: number) => {
    const i = text.indexOf('\n', from);
    return i < 0 ? text.length : i;
  };
  while (at < text.length) {
    const block = syntax.block.find(([open]) => text.startsWith(open, at));
    if (block) {
      blank(after(block[1], at + block[0].length));
      continue;
    }
    const long = syntax.long.find(([open]) => text.startsWith(open, at));
    if (long) {
      const [open, close] = long;
      let end = after(close, at + open.length);
      while (text[end - close.length - 1] === '\\' && end < text.length && syntax.language !== 'go')
        end = after(close, end);
      out.push('"');
      at += 1;
      blank(Math.max(at, end - 1));
      if (at < end) {
        out.push('"');
        at = end;
      }
      continue;
    }
    if (syntax.line.some((mark) => text.startsWith(mark, at)) && isComment(text, at, syntax)) {
      blank(endOfLine(at));
      continue;
    }
    const quote = syntax.quotes.find((q) => text[at] === q);
    const string = quote === undefined ? null : stringAt(text, at, quote, syntax);
    if (string !== null) {
      out.push(quote!);
      at += 1;
      blank(string - 1);
      out.push(quote!);
      at += 1;
      continue;
    }
    const pattern = syntax.language === 'js' && text[at] === '/' ? patternAt(text, at) : null;
    if (pattern !== null) {
      blank(pattern);
      continue;
    }
    out.push(text[at]!);
    at += 1;
  }
  return out.join('');
}

// `#` inside a shell word or a YAML value is part of it; a lone `;` comment stands at the start of its line.
function isComment(text: string, at: number, syntax: Syntax): boolean {
  const before = at === 0 ? '\n' : text[at - 1]!;
  if (text[at] === ';') return /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, at - 80), at));
  if (syntax.language === 'yaml' || syntax.language === 'shell') return /\s|;/.test(before);
  return true;
}

/** End of the string that starts at `at`; null when the quote opens none that ends on this line. */
function stringAt(text: string, at: number, quote: string, syntax: Syntax): number | null {
  // Rust lifetimes, and the apostrophe as a mark of its own: only a character literal ends soon after.
  if (
    quote === "'" &&
    syntax.language === 'rust' &&
    !/^'(?:\\[^\n]{1,10}?|[^\\\n])'/u.test(text.slice(at, at + 14))
  )
    return null;
  for (let i = at + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
  }
  return null;
}

/** End of the regular expression at `at`, or null when the slash divides. */
function patternAt(text: string, at: number): number | null {
  const before = /[\w)\]}$"'`]\s*$/.test(text.slice(Math.max(0, at - 40), at));
  const keyword = /\b(?:return|typeof|case|of|in)\s*$/.test(text.slice(Math.max(0, at - 40), at));
  if (before && !keyword) return null;
  const m = /^\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(text.slice(at, at + 500));
  return m ? at + m[0].length : null;
}
