// What the lines of a reply say about its structure. Marks are read from a cleaned copy of the line; the line itself,
// which may be code, is never altered here.

export type Field = 'hypothesis' | 'expect' | 'family';

export type Mark =
  | { kind: 'field'; field: Field; rest: string }
  | { kind: 'edit'; path: string }
  | { kind: 'whole'; path: string }
  /** loose: the `<<<SEARCH ... >>> <<<REPLACE ... >>>` form, where a bare `>>>` ends a part. */
  | { kind: 'search'; path: string | null; loose: boolean }
  | { kind: 'divider' }
  | { kind: 'replace-open' }
  | { kind: 'end' }
  | { kind: 'fence'; marks: string; info: string };

const field =
  /^[\s#>*_`-]*(HYPOTHESIS|EXPECTED|EXPECTATION|EXPECT|FAMILY)[\s*_`]*(?::|\s[-–—]\s)[\s*_`]*(.*?)[\s*_`]*$/i;
const edit =
  /^[\s#>*_`-]*(EDIT|FILE|MODIFY|UPDATE|WHOLE)(?:\s+FILE)?[\s*_`]*:?[\s*_`"']+(\S.*?)[\s*_`"':]*$/i;
const search = /^\s*(<{3,9})\s*(?:SEARCH|ORIGINAL|HEAD|OLD)\b[\s:]*(\S*?)[\s:>]*$/i;
const divider = /^\s*={5,9}\s*$/;
const replaceOpen = /^\s*(?:={3,9}|<{3,9})\s*REPLACE\s*:?\s*$/i;
const end = /^\s*>{3,9}\s*(?:REPLACE|UPDATED|NEW|END|SEARCH)\b[\s:]*[<>]*\s*$/i;
const bareEnd = /^\s*>{5,9}\s*$/;
const fence = /^\s*(`{3,}|~{3,})\s*([^`]*?)\s*$/;

/** A copy of a line that only marks are looked for in: NBSP, zero-width, smart quotes and full-width colons made plain. */
export function plainLine(line: string): string {
  return line
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\uff1a/g, ':')
    .replace(/\uff1d/g, '=')
    .replace(/\u2212/g, '-')
    .replace(/[\u300a\u226a]/g, '<<')
    .replace(/[\u300b\u226b]/g, '>>');
}

/** A word that may be a path: no spaces, and an extension or a folder (or `known` says that it is one). */
function looksLikePath(word: string, known: (path: string) => boolean): boolean {
  if (known(word)) return true;
  return /^[^\s"'`<>|*?]+$/.test(word) && /(?:[\w-]\.\w+|\/[\w.-]+)$/.test(word);
}

/** The mark that a line is, or null for text and code. */
export function markOf(raw: string, known: (path: string) => boolean): Mark | null {
  // Long lines are never marks; leaving them alone also keeps the expressions cheap on hostile input.
  if (raw.length > 2000) return null;
  const line = plainLine(raw);
  const f = fence.exec(line);
  if (f) return { kind: 'fence', marks: f[1]!, info: f[2]! };
  const s = search.exec(line);
  if (s) return { kind: 'search', path: s[2] || null, loose: s[1]!.length < 5 };
  if (divider.test(line)) return { kind: 'divider' };
  if (replaceOpen.test(line)) return { kind: 'replace-open' };
  if (end.test(line) || bareEnd.test(line)) return { kind: 'end' };
  const e = edit.exec(line);
  if (e) {
    const path = e[2]!;
    const word = e[1]!;
    // In capitals it is the protocol; otherwise only a real path makes it more than prose.
    if (looksLikePath(path, known) || (/^(EDIT|WHOLE)$/.test(word) && /^\S+$/.test(path))) {
      return { kind: word.toUpperCase() === 'WHOLE' ? 'whole' : 'edit', path };
    }
  }
  const h = field.exec(line);
  if (h) {
    const word = h[1]!.toLowerCase();
    return {
      kind: 'field',
      field: word.startsWith('expect') ? 'expect' : (word as 'hypothesis' | 'family'),
      rest: h[2]!,
    };
  }
  return null;
}

/** A line that holds nothing but the name of a known file, decorated or not: `**train.py**`, "`train.py`:". */
export function barePath(raw: string, known: (path: string) => boolean): string | null {
  if (raw.length > 500) return null;
  const word = plainLine(raw).replace(/^[\s#>*_`"'-]+|[\s*_`"':]+$/g, '');
  return word !== '' && known(word) ? word : null;
}
