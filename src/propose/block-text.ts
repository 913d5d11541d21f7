import { barePath, markOf } from './reply-marks.ts';

// Mending of what models wrap around the code of a block, and the smell of code that was left out.

const never = () => false;

/**
 * The lines of one part of a block without a fence around them and without the file's name before them.
 * @param base text of the file, in which such lines may really be code.
 */
export function unwrapBlock(lines: readonly string[], path: string | null, base: string): string[] {
  let out = [...lines];
  if (path !== null && out[0] !== undefined && barePath(out[0], (p) => p === path)) {
    if (!hasLine(base, out[0])) out = out.slice(1);
  }
  const first = out.findIndex((l) => l.trim() !== '');
  const last = out.findLastIndex((l) => l.trim() !== '');
  if (first >= 0 && last > first && !/\.(md|mdx|markdown|rst)$/i.test(path ?? '')) {
    const a = markOf(out[first]!, never);
    const z = markOf(out[last]!, never);
    if (a?.kind === 'fence' && z?.kind === 'fence' && z.info === '' && a.marks[0] === z.marks[0]) {
      out = out.slice(first + 1, last);
    }
  }
  return out;
}

const numbered = /^\s*(\d+)\s*[|:](?: |$)/;

/** Removes `12| ` prefixes when every line of SEARCH has one, counting up, and the file has no such line. */
export function dropLineNumbers(
  search: readonly string[],
  replace: readonly string[],
  base: string,
): { search: string[]; replace: string[] } {
  const numbers = search.map((l) => numbered.exec(l)?.[1]);
  const code = search.filter((l) => l.trim() !== '');
  const counting = numbers.every((n, i) => i === 0 || Number(n) === Number(numbers[i - 1]) + 1);
  if (code.length === 0 || numbers.includes(undefined) || !counting || code.some((l) => hasLine(base, l))) {
    return { search: [...search], replace: [...replace] };
  }
  const drop = (l: string) => l.replace(numbered, '');
  const all = replace.filter((l) => l.trim() !== '').every((l) => numbered.test(l));
  return { search: search.map(drop), replace: all ? replace.map(drop) : [...replace] };
}

/**
 * Removes the `-` of every line of SEARCH and the `+` of every line of REPLACE, as in a diff, when the file has no such
 * lines. null when REPLACE alone has them: what is meant is not sure.
 */
export function dropSigns(
  search: readonly string[],
  replace: readonly string[],
  base: string,
): { search: string[]; replace: string[] } | null {
  const all = (lines: readonly string[], sign: string) => {
    const code = lines.filter((l) => l.trim() !== '');
    return code.length > 0 && code.every((l) => l.startsWith(sign) && !hasLine(base, l));
  };
  const same = { search: [...search], replace: [...replace] };
  if (!all(replace, '+')) return same;
  if (all(search, '-')) {
    return { search: search.map((l) => l.slice(1)), replace: replace.map((l) => l.slice(1)) };
  }
  return search.length === 0 || base.split('\n').some((l) => l.startsWith('+')) ? same : null;
}

const bareDots = /^\s*(?:#|\/\/|--|;|\/\*|<!--)?\s*(?:\.{3,}|…)\s*(?:\*\/|-->)?\s*$/;
const leftOut =
  /^\s*(?:#|\/\/|--|;|\/\*|<!--|\()?\s*(?:(?:\.{3,}|…).*\b(?:existing|rest|remain\w*|unchanged|same|previous|other|omitted)\b|.{0,40}\b(?:rest of (?:the|your|this) (?:\w+ )?(?:code|file|function|class|script|model)|existing code|(?:code|lines?) (?:unchanged|omitted)|(?:remains?|stays?) (?:unchanged|the same)|same as (?:before|above))\b).*$/i;

/** A line that stands for code that was left out, such as `...` or `# rest of the code`. */
export function isElision(line: string): boolean {
  return line.length < 300 && (bareDots.test(line) || leftOut.test(line));
}

/** The first new line that stands for left-out code and that the file did not have before; null when none. */
export function elidedLine(lines: readonly string[], base: string): string | null {
  return lines.find((l) => isElision(l) && !hasLine(base, l)) ?? null;
}

function hasLine(base: string, line: string): boolean {
  const wanted = line.trim();
  return base.includes(wanted) && base.split('\n').some((l) => l.trim() === wanted);
}
