import { clean } from '../../protocol/clean.ts';
import { pairLines } from './pair.ts';
import { type Mark, stress } from './stress.ts';

const mostLines = 6000;

/** One line of a file in a diff. `marks`: the parts that its partner does not share. */
export interface DiffLine {
  sign: ' ' | '-' | '+';
  /** Line numbers before and after; null where the line does not exist. */
  old: number | null;
  now: number | null;
  text: string;
  marks: Mark[];
}

export type DiffItem =
  | { kind: 'file'; path: string; note: string }
  | { kind: 'hunk'; old: number; now: number; heading: string }
  /** Unchanged. */
  | { kind: 'same'; line: DiffLine }
  /** Lines that belong side by side; one of them may be missing. */
  | { kind: 'pair'; before: DiffLine | null; after: DiffLine | null };

/** A unified diff taken apart. */
export interface ParsedDiff {
  items: DiffItem[];
  files: string[];
  added: number;
  removed: number;
  hunks: number;
  /** Lines that were too many to read. */
  cut: number;
}

/** Reads git's unified diff. What it does not know it leaves out; foreign text comes out harmless. */
export function parseDiff(text: string): ParsedDiff {
  const all = text.split('\n');
  const lines = all.slice(0, mostLines);
  const out: ParsedDiff = {
    items: [],
    files: [],
    added: 0,
    removed: 0,
    hunks: 0,
    cut: Math.max(0, all.length - mostLines),
  };
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
      out.hunks += 1;
      out.items.push({ kind: 'hunk', old, now, heading: clean(hunk[3]!).trim() });
    } else if (line.startsWith('diff --git')) {
      inHunk = false;
      i = readHead(lines, i, out);
    } else if (!inHunk) {
      if (line.startsWith('--- ')) i = readHead(lines, i - 1, out);
    } else if (line.startsWith('-') || line.startsWith('+')) {
      const removed = run(lines, i, '-');
      const added = run(lines, i + removed.length, '+');
      pushChange(out, removed, added, old, now);
      old += removed.length;
      now += added.length;
      i += removed.length + added.length - 1;
    } else if (line.startsWith(' ') || (line === '' && i < lines.length - 1)) {
      out.items.push({ kind: 'same', line: { sign: ' ', old, now, text: clean(line.slice(1)), marks: [] } });
      old += 1;
      now += 1;
    }
  }
  return out;
}

/** The lines that say which file it is and what became of it. @returns the index of the last one */
function readHead(lines: string[], from: number, out: ParsedDiff): number {
  let before = '';
  let after = '';
  let note = '';
  let i = from;
  const named = /^diff --git (?:a\/)?(.+) (?:b\/)?(.+)$/s.exec(lines[from] ?? '');
  while (i + 1 < lines.length) {
    const line = lines[i + 1]!;
    if (line.startsWith('@@') || line.startsWith('diff --git')) break;
    if (line.startsWith('--- ')) before = pathOf(line.slice(4));
    else if (line.startsWith('+++ ')) after = pathOf(line.slice(4));
    else if (line.startsWith('new file')) note = 'new file';
    else if (line.startsWith('deleted file')) note = 'deleted';
    else if (line.startsWith('rename from ')) note = `renamed from ${clean(line.slice(12))}`;
    else if (/^(Binary files|GIT binary patch)/.test(line))
      note = note ? `${note}, binary` : 'binary: not shown';
    else if (/^(old mode|new mode)/.test(line)) note ||= 'mode changed';
    i += 1;
    if (line.startsWith('+++ ')) break;
  }
  const path = clean(after !== '/dev/null' && after !== '' ? after : before || named?.[2] || '');
  if (path !== '') {
    out.files.push(path);
    out.items.push({ kind: 'file', path, note: before === '/dev/null' ? 'new file' : note });
  }
  return i;
}

function pathOf(text: string): string {
  return text.replace(/^[ab]\//, '').replace(/\t.*$/s, '');
}

function run(lines: string[], from: number, sign: '-' | '+'): string[] {
  let to = from;
  // `\ No newline at end of file` belongs to the line above it.
  while (to < lines.length && lines[to]!.startsWith(sign)) to++;
  return lines.slice(from, to);
}

function pushChange(out: ParsedDiff, removed: string[], added: string[], old: number, now: number): void {
  out.removed += removed.length;
  out.added += added.length;
  const before = removed.map((line) => clean(line.slice(1)));
  const after = added.map((line) => clean(line.slice(1)));
  for (const [b, a] of pairLines(before, after)) {
    const marks =
      b !== null && a !== null
        ? stress(before[b]!, after[a]!)
        : { before: [] as Mark[], after: [] as Mark[] };
    out.items.push({
      kind: 'pair',
      before:
        b === null ? null : { sign: '-', old: old + b, now: null, text: before[b]!, marks: marks.before },
      after: a === null ? null : { sign: '+', old: null, now: now + a, text: after[a]!, marks: marks.after },
    });
  }
}
