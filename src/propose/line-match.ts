// The tiers of matching that differ only in whitespace. Lines in, places out; every tier must find exactly one place.

export interface LinePlace {
  /** First line of the place, and the number of lines. */
  start: number;
  length: number;
  /** Lines to put there, indented as the file is. */
  replace: string[];
}

export type LineMatch =
  | { kind: 'one'; place: LinePlace; tier: number }
  | { kind: 'many'; starts: number[]; length: number }
  | { kind: 'none' };

/** NBSP as a space: models paste it for indentation. */
export function plainSpaces(line: string): string {
  return line.replace(/[\u00a0\u202f]/g, ' ');
}

/** The indentation with plain spaces; the code after it untouched. */
function plainIndent(line: string): string {
  const indent = /^\s*/.exec(line)![0];
  return plainSpaces(indent) + line.slice(indent.length);
}

const rstrip = (l: string) => plainSpaces(l).trimEnd();
const collapse = (l: string) => rstrip(l).trimStart().replace(/\s+/g, ' ');
const indentOf = (l: string) => /^[ \t]*/.exec(l)![0];

/**
 * Tier 1 exact, 2 trailing blanks, 3 one indentation shift for all lines, 4 blank lines at the edges, 5 inner
 * whitespace runs. The first tier that finds anything decides: exactly one place, or refused as many.
 */
export function matchLines(
  base: readonly string[],
  search: readonly string[],
  replace: readonly string[],
): LineMatch {
  if (search.every((l) => l.trim() === '')) return { kind: 'none' };
  const strict: Finder[] = [
    { tier: 1, places: () => equalAt(base, search, (l) => l).map((start) => at(start, search, replace)) },
    { tier: 2, places: () => equalAt(base, search, rstrip).map((start) => at(start, search, replace)) },
    { tier: 3, places: () => shifted(base, search, replace, (l) => rstrip(l).trimStart()) },
  ];
  const core = withoutEdges(search, replace);
  const trimmed = core.search.length < search.length;
  const loose: Finder[] = [
    {
      tier: 4,
      places: () =>
        trimmed
          ? equalAt(base, core.search, rstrip).map((start) => at(start, core.search, core.replace))
          : [],
    },
    {
      tier: 4,
      places: () => (trimmed ? shifted(base, core.search, core.replace, (l) => rstrip(l).trimStart()) : []),
    },
    { tier: 5, places: () => shifted(base, core.search, core.replace, collapse) },
  ];
  for (const { tier, places } of [...strict, ...loose]) {
    const found = places();
    if (found.length === 1) return { kind: 'one', place: found[0]!, tier };
    if (found.length > 1) {
      return { kind: 'many', starts: found.map((p) => p.start), length: found[0]!.length };
    }
  }
  return { kind: 'none' };
}

interface Finder {
  tier: number;
  places: () => LinePlace[];
}

function at(start: number, search: readonly string[], replace: readonly string[]): LinePlace {
  return { start, length: search.length, replace: [...replace] };
}

function equalAt(base: readonly string[], search: readonly string[], same: (l: string) => string): number[] {
  const b = base.map(same);
  const s = search.map(same);
  const found: number[] = [];
  for (let i = 0; i + s.length <= b.length; i++) {
    if (b[i] === s[0] && s.every((l, k) => b[i + k] === l)) found.push(i);
  }
  return found;
}

/** Places where the lines agree but for one indentation shift; places whose shift cannot be told are left in as refusals. */
function shifted(
  base: readonly string[],
  search: readonly string[],
  replace: readonly string[],
  same: (l: string) => string,
): LinePlace[] {
  const found: LinePlace[] = [];
  const starts = equalAt(base, search, same);
  for (const start of starts) {
    const lines = reindent(base.slice(start, start + search.length), search, replace);
    if (lines) found.push({ start, length: search.length, replace: lines });
  }
  // A second place that only its indentation rules out still means that the text was not certain.
  return found.length === 1 && starts.length > 1 && !sameIndent(base, found[0]!.start, search) ? [] : found;
}

function sameIndent(base: readonly string[], start: number, search: readonly string[]): boolean {
  return search.every((l, k) => l.trim() === '' || indentOf(plainSpaces(l)) === indentOf(base[start + k]!));
}

/**
 * The lines of `replace`, indented as `actual` is where `search` was written for it; null when no single shift, and no
 * change between tabs and spaces, explains every line, or when REPLACE starts at another depth than SEARCH: then it
 * cannot be told whether it was meant to be shifted too.
 */
export function reindent(
  actual: readonly string[],
  search: readonly string[],
  replace: readonly string[],
): string[] | null {
  for (const [i, convert] of conversions.entries()) {
    const from = search.map((l) => convert(plainIndent(l)));
    const to = replace.map((l) => convert(plainIndent(l)));
    const shift = shiftBetween(actual, from);
    if (!shift) continue;
    const none = shift.add === '' && shift.drop === '';
    if (none) return to;
    // A shift on top of a conversion would be a guess at the width of a tab.
    if (i > 0 || !sameDepth(from, to)) continue;
    const out = to.map((l) => {
      if (l.trim() === '') return '';
      if (shift.add !== '') return shift.add + l;
      return l.startsWith(shift.drop) ? l.slice(shift.drop.length) : null;
    });
    return out.includes(null) ? null : (out as string[]);
  }
  return null;
}

function sameDepth(search: readonly string[], replace: readonly string[]): boolean {
  const s = search.find((l) => l.trim() !== '');
  const r = replace.find((l) => l.trim() !== '');
  return s === undefined || r === undefined || indentOf(s) === indentOf(r);
}

const toTabs = (unit: number) => (l: string) => {
  const indent = indentOf(l);
  const width = indent.replaceAll('\t', ' '.repeat(unit)).length;
  return '\t'.repeat(Math.floor(width / unit)) + ' '.repeat(width % unit) + l.slice(indent.length);
};
const toSpaces = (unit: number) => (l: string) => {
  const indent = indentOf(l);
  return indent.replaceAll('\t', ' '.repeat(unit)) + l.slice(indent.length);
};
const conversions = [
  (l: string) => l,
  toTabs(4),
  toTabs(2),
  toTabs(8),
  toSpaces(4),
  toSpaces(2),
  toSpaces(8),
];

function shiftBetween(
  actual: readonly string[],
  search: readonly string[],
): { add: string; drop: string } | null {
  let shift: { add: string; drop: string } | null = null;
  for (const [k, line] of search.entries()) {
    if (line.trim() === '') continue;
    const a = indentOf(actual[k]!);
    const s = indentOf(line);
    let one: { add: string; drop: string };
    if (a.endsWith(s)) one = { add: a.slice(0, a.length - s.length), drop: '' };
    else if (s.endsWith(a)) one = { add: '', drop: s.slice(0, s.length - a.length) };
    else return null;
    if (shift && (shift.add !== one.add || shift.drop !== one.drop)) return null;
    shift = one;
  }
  return shift;
}

/** SEARCH without blank lines at its edges, REPLACE without the same number of them. */
export function withoutEdges(
  search: readonly string[],
  replace: readonly string[],
): { search: string[]; replace: string[] } {
  const head = blankRun(search);
  const tail = blankRun([...search].reverse());
  const rHead = Math.min(head, blankRun(replace));
  const rest = replace.slice(rHead);
  const rTail = Math.min(tail, blankRun([...rest].reverse()));
  return { search: search.slice(head, search.length - tail), replace: rest.slice(0, rest.length - rTail) };
}

function blankRun(lines: readonly string[]): number {
  const first = lines.findIndex((l) => l.trim() !== '');
  return first < 0 ? lines.length : first;
}
