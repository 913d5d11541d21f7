import type { Row } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { alignRight } from '../text/cut.ts';

const mostLines = 4000;

export interface ParsedDiff {
  rows: Row[];
  files: string[];
  added: number;
  removed: number;
  /** Rows of the first changed line and of its new text: what a glance should meet. null = nothing changed. */
  first: { change: number; added: number } | null;
}

/** A unified diff as rows: line numbers, signs, and the changed words of a changed line stressed. */
export function parseDiff(text: string): ParsedDiff {
  const lines = text.split('\n').slice(0, mostLines);
  const out: ParsedDiff = { rows: [], files: [], added: 0, removed: 0, first: null };
  let old = 0;
  let now = 0;
  let inHunk = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/s.exec(line);
    if (hunk) {
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      inHunk = true;
      out.rows.push([{ text: `@@ ${hunk[1]} @@${clean(hunk[3]!)}`, tone: 'accent' }]);
      continue;
    }
    if (line.startsWith('diff --git') || !inHunk) {
      inHunk = false;
      const file = /^\+\+\+ (?:b\/)?(.+)$/s.exec(line)?.[1];
      if (file && file !== '/dev/null') {
        out.files.push(clean(file));
        out.rows.push([{ text: clean(file), tone: 'title', bold: true }]);
      }
      continue;
    }
    if (line.startsWith('-')) {
      const removed = run(lines, i, '-');
      const added = run(lines, i + removed.length, '+');
      pushChange(out, removed, added, old, now);
      old += removed.length;
      now += added.length;
      i += removed.length + added.length - 1;
    } else if (line.startsWith('+')) {
      pushChange(out, [], [line], old, now);
      now += 1;
    } else if (line.startsWith(' ') || line === '') {
      if (line === '' && i === lines.length - 1) continue;
      out.rows.push(numbered(now, ' ', [{ text: clean(line.slice(1)), tone: 'fg' }], 'dim'));
      old += 1;
      now += 1;
    }
  }
  return out;
}

function run(lines: string[], from: number, sign: '-' | '+'): string[] {
  let to = from;
  while (to < lines.length && lines[to]!.startsWith(sign)) to++;
  return lines.slice(from, to);
}

function pushChange(out: ParsedDiff, removed: string[], added: string[], old: number, now: number): void {
  const change = out.rows.length;
  out.first ??= { change, added: change + removed.length + (added.length > 0 ? 0 : -1) };
  out.removed += removed.length;
  out.added += added.length;
  // Words are compared only where the lines pair up: elsewhere stress would be noise.
  const paired = removed.length === added.length;
  removed.forEach((line, i) => {
    const text = clean(line.slice(1));
    const parts = paired ? stress(text, clean(added[i]!.slice(1)), 'del', 'delEmph') : plain(text, 'del');
    out.rows.push(numbered(old + i, '−', parts, 'del'));
  });
  added.forEach((line, i) => {
    const text = clean(line.slice(1));
    const parts = paired ? stress(text, clean(removed[i]!.slice(1)), 'add', 'addEmph') : plain(text, 'add');
    out.rows.push(numbered(now + i, '+', parts, 'add'));
  });
}

function plain(text: string, tone: 'add' | 'del'): Row {
  return [{ text, tone }];
}

/** The part of `text` that `other` does not share, between their common start and end, on word borders. */
function stress(text: string, other: string, tone: 'add' | 'del', strong: 'addEmph' | 'delEmph'): Row {
  const a = text.match(/\w+|\s+|./g) ?? [];
  const b = other.match(/\w+|\s+|./g) ?? [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = a.slice(start, a.length - end).join('');
  // A line that changed nearly wholly is clearer without stress.
  if (middle === '' || middle.length > text.length * 0.7) return plain(text, tone);
  return [
    { text: a.slice(0, start).join(''), tone },
    { text: middle, tone: strong },
    { text: a.slice(a.length - end).join(''), tone },
  ];
}

function numbered(n: number, sign: string, parts: Row, tone: 'dim' | 'add' | 'del'): Row {
  return [{ text: alignRight(String(n), 4), tone: 'dim' }, { text: ` ${sign} `, tone }, ...parts];
}
