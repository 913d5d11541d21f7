import { elidedLine } from './block-text.ts';

// Whether lines of a reply are a whole file: all of it, and not a piece that would take the rest away.

const written = (lines: readonly string[]) => lines.filter((line) => line.trim() !== '');

/** Why these lines cannot stand for the whole file, which is `base` now; null when they can. */
export function wholeFault(path: string, lines: string[], base: string): string | null {
  const gap = elidedLine(lines, base);
  if (gap !== null) return `the file ${path} leaves code out ("${gap.trim()}"); write every line`;
  const count = written(lines).length;
  const old = written(base.split('\n')).length;
  if (old >= 10 && count < old / 2)
    return `the file given by WHOLE ${path} has ${count} lines of ${old}; write every line, or use an EDIT block`;
  return null;
}

/** True when they end with the file's own last line: where nothing marks the end, that does. */
export function endsLike(base: string, lines: readonly string[]): boolean {
  const last = (of: readonly string[]) => written(of).at(-1)?.trim();
  return last(lines) !== undefined && last(lines) === last(base.split('\n'));
}

/** True when they are a new version of the file and no snippet: about as long, and mostly the same lines. */
export function isNewVersion(base: string, lines: readonly string[]): boolean {
  const old = written(base.split('\n'));
  const now = written(lines);
  const kept = new Set(old);
  const shared = now.filter((line) => kept.has(line)).length;
  return old.length > 0 && now.length >= old.length * 0.7 && shared >= now.length * 0.5;
}
