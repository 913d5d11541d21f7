import { stepsBetween } from './line-diff.ts';

/** Lines `from` up to (not including) `to` of the base become `lines`. */
interface Change {
  from: number;
  to: number;
  lines: string[];
}

/**
 * Both changes of one text in one (a three-way merge by lines). Changes of neighbouring lines are two changes; changes of
 * the same line are a conflict unless they are equal, and so is an insertion where the other side has changed something.
 * @returns null on a conflict
 */
export function mergeTexts(base: string, ours: string, theirs: string): string | null {
  const lines = base.split('\n');
  const mine = changesBetween(lines, ours.split('\n'));
  const other = changesBetween(lines, theirs.split('\n'));
  const all = [...mine];
  for (const change of other) {
    if (mine.some((m) => isSame(m, change))) continue;
    if (mine.some((m) => collide(m, change))) return null;
    all.push(change);
  }
  all.sort((a, b) => a.from - b.from);
  const out: string[] = [];
  let at = 0;
  for (const { from, to, lines: now } of all) {
    out.push(...lines.slice(at, from), ...now);
    at = to;
  }
  return [...out, ...lines.slice(at)].join('\n');
}

function changesBetween(base: string[], now: string[]): Change[] {
  const changes: Change[] = [];
  let at = 0;
  let open: Change | null = null;
  for (const { sign, text } of stepsBetween(base, now)) {
    if (sign === ' ') {
      open = null;
      at += 1;
      continue;
    }
    if (!open) {
      open = { from: at, to: at, lines: [] };
      changes.push(open);
    }
    if (sign === '+') open.lines.push(text);
    else {
      at += 1;
      open.to = at;
    }
  }
  return changes;
}

const isSame = (a: Change, b: Change) =>
  a.from === b.from && a.to === b.to && a.lines.join('\n') === b.lines.join('\n');

function collide(a: Change, b: Change): boolean {
  if (a.from < b.to && b.from < a.to) return true;
  // Without a line of its own a change has no place beside another one that touches it.
  return (a.from === a.to || b.from === b.to) && a.from <= b.to && b.from <= a.to;
}
