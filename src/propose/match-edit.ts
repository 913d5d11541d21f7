import { isElision } from './block-text.ts';
import { type LineMatch, matchLines, plainSpaces, reindent, withoutEdges } from './line-match.ts';

/** Replace the characters start..end of the base text by `text`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

export type EditMatch =
  /** fuzzy: text was replaced that SEARCH did not spell out (whitespace aside). */
  | { ok: true; splices: Splice[]; fuzzy: boolean; tier: number }
  | { ok: false; code: 'no-match' }
  /** First lines of the places, 0-based, and the lines each has. */
  | { ok: false; code: 'many-matches'; starts: number[]; length: number };

/**
 * Finds the one place of `search` in `base` (both with \n newlines) and says what to put there. Tiers from exact to
 * tolerant (facts: aider's matcher, drift classes of small models); each tier must give exactly one place, the first
 * tier that gives any decides. Never by edit distance.
 */
export function matchEdit(base: string, search: string, replace: string): EditMatch {
  const baseLines = linesOf(base);
  const searchLines = linesOf(search);
  const replaceLines = linesOf(replace);
  const found = matchLines(baseLines, searchLines, replaceLines);
  if (found.kind === 'one') {
    const { start, length, replace: lines } = found.place;
    return {
      ok: true,
      splices: [lineSplice(base, baseLines, start, length, lines)],
      fuzzy: false,
      tier: found.tier,
    };
  }
  if (found.kind === 'many') return many(found);
  return (
    matchInline(base, searchLines, replaceLines) ??
    matchElided(base, baseLines, searchLines, replaceLines) ??
    matchAnchors(base, baseLines, searchLines, replaceLines) ?? { ok: false, code: 'no-match' }
  );
}

/** The lines of a text; a final newline ends the last line and starts none. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function many(found: LineMatch & { kind: 'many' }): EditMatch {
  return { ok: false, code: 'many-matches', starts: found.starts, length: found.length };
}

/** Whole lines replaced by whole lines; a last line without newline stays without. */
function lineSplice(
  base: string,
  lines: readonly string[],
  first: number,
  count: number,
  text: string[],
): Splice {
  let start = 0;
  for (let i = 0; i < first; i++) start += lines[i]!.length + 1;
  let end = start;
  for (let i = first; i < first + count; i++) end += lines[i]!.length + 1;
  const unended = end > base.length;
  if (unended) end = base.length;
  if (text.length === 0 && unended && start > 0) start -= 1;
  return { start, end, text: text.join('\n') + (unended || text.length === 0 ? '' : '\n') };
}

/** One line of SEARCH that is a part of one line of the file, between word boundaries. */
function matchInline(base: string, search: string[], replace: string[]): EditMatch | null {
  if (search.length !== 1 || replace.length > 1) return null;
  const wanted = search[0]!.trim();
  if (wanted.length < 3) return null;
  const starts: number[] = [];
  for (let i = base.indexOf(wanted); i >= 0; i = base.indexOf(wanted, i + 1)) starts.push(i);
  if (starts.length === 0) return null;
  if (starts.length > 1) {
    const rows = starts.map((s) => base.slice(0, s).split('\n').length - 1);
    return { ok: false, code: 'many-matches', starts: [...new Set(rows)], length: 1 };
  }
  const start = starts[0]!;
  const end = start + wanted.length;
  const joins = (a: string | undefined, b: string | undefined) =>
    /[\w.]/.test(a ?? ' ') && /[\w.]/.test(b ?? ' ');
  if (joins(base[start - 1], wanted[0]) || joins(wanted.at(-1), base[end])) return null;
  // With its own indentation the replacement is a line, not a part of one.
  if ((replace[0] ?? '').trim() === '') return null;
  return { ok: true, splices: [{ start, end, text: replace[0]!.trim() }], fuzzy: false, tier: 5 };
}

/** `...` lines in pairs: the pieces between them are replaced one by one, each found exactly once and in order. */
function matchElided(base: string, lines: string[], search: string[], replace: string[]): EditMatch | null {
  const s = pieces(search);
  const r = pieces(replace);
  if (s.length < 2 || s.length !== r.length) return null;
  const splices: Splice[] = [];
  let from = 0;
  for (const [i, piece] of s.entries()) {
    const target = r[i]!;
    if (piece.length === 0) {
      if (target.length > 0) return null;
      continue;
    }
    const found = matchLines(lines, piece, target);
    if (found.kind === 'many') return many(found);
    if (found.kind === 'none' || found.place.start < from) return null;
    const { start, length, replace: text } = found.place;
    from = start + length;
    splices.push(lineSplice(base, lines, start, length, text));
  }
  return splices.length === 0 ? null : { ok: true, splices, fuzzy: true, tier: 6 };
}

function pieces(lines: readonly string[]): string[][] {
  const out: string[][] = [[]];
  for (const line of lines) {
    if (isElision(line)) out.push([]);
    else out.at(-1)!.push(line);
  }
  return out;
}

/** First and last line unique, about the same length, and at least 90 % of the lines the same. */
function matchAnchors(base: string, lines: string[], search: string[], replace: string[]): EditMatch | null {
  const plain = (l: string) => plainSpaces(l).trim().replace(/\s+/g, ' ');
  const s = search.map(plain);
  const first = s.findIndex((l) => l !== '');
  const last = s.findLastIndex((l) => l !== '');
  if (first < 0 || last - first < 2) return null;
  const b = lines.map(plain);
  const start = only(b, s[first]!);
  const end = only(b, s[last]!);
  if (start === null || end === null || end <= start) return null;
  const wanted = search.slice(first, last + 1);
  const actual = lines.slice(start, end + 1);
  if (Math.abs(actual.length - wanted.length) > 2) return null;
  const pairs = commonLines(actual.map(plain), wanted.map(plain));
  if ((2 * pairs.length) / (actual.length + wanted.length) < 0.9) return null;
  const misread = wanted.filter((_l, i) => !pairs.some(([, w]) => w === i)).map(plain);
  const lost = actual.filter((_l, i) => !pairs.some(([a]) => a === i)).map(plain);
  if (!onlyRemembered(misread, lost, replace)) return null;
  // The lines that agree must agree in their indentation too, or the replacement cannot be indented.
  const text = reindent(
    pairs.map(([a]) => actual[a]!),
    pairs.map(([, w]) => wanted[w]!),
    withoutEdges(search, replace).replace,
  );
  if (text === null) return null;
  return { ok: true, splices: [lineSplice(base, lines, start, actual.length, text)], fuzzy: true, tier: 7 };
}

/**
 * True when the lines of SEARCH that are not in the file can do no harm: each stands for one line of the file, with the
 * same numbers, and nothing of it comes back in REPLACE, where a wrong memory would get into the file.
 */
function onlyRemembered(misread: readonly string[], lost: readonly string[], replace: string[]): boolean {
  const solid = (of: readonly string[]) => of.filter((l) => l !== '');
  const joined = (l: string) => l.replace(/\s+/g, '');
  const real = new Set(lost.map(joined));
  if (solid(misread).length !== solid(lost).length) return false;
  if (misread.flatMap(numbersIn).join(' ') !== lost.flatMap(numbersIn).join(' ')) return false;
  const wrong = solid(misread).filter((l) => !real.has(joined(l)));
  const known = new Set(lost.flatMap(wordsIn));
  const news = replace.map(wordsIn);
  return wrong.every((line) => {
    const words = new Set(wordsIn(line));
    const alike = (other: string[]) => [...words].filter((w) => other.includes(w)).length * 2 > words.size;
    const invented = [...words].filter((w) => !known.has(w));
    return !news.some((other) => alike(other) || other.some((w) => invented.includes(w)));
  });
}

const numbersIn = (line: string): string[] => line.match(/\d[\d._]*(?:e[-+]?\d+)?/gi) ?? [];
const wordsIn = (line: string): string[] => line.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];

function only(lines: readonly string[], line: string): number | null {
  const at = lines.indexOf(line);
  return at >= 0 && lines.indexOf(line, at + 1) < 0 ? at : null;
}

/** Index pairs of a longest common subsequence. */
function commonLines(a: readonly string[], b: readonly string[]): [number, number][] {
  const rows = a.length + 1;
  const cols = b.length + 1;
  const best = new Uint16Array(rows * cols);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * cols + j] =
        a[i] === b[j]
          ? best[(i + 1) * cols + j + 1]! + 1
          : Math.max(best[(i + 1) * cols + j]!, best[i * cols + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (best[(i + 1) * cols + j]! >= best[i * cols + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
