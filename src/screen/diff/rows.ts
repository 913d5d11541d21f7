import { matchPlaces } from '../log-match.ts';
import { cutRow, rowWidth } from '../paint.ts';
import type { Row, Span, Tone } from '../spans.ts';
import { alignRight, dropColumns, takeColumns, width } from '../text/cut.ts';
import type { DiffLine, ParsedDiff } from './parse.ts';
import { type Painter, painterFor } from './syntax.ts';

export interface DiffLook {
  width: number;
  split: boolean;
  wrap: boolean;
  /** Columns gone to the right. */
  sideways: number;
  search: string;
}

/** A diff as rows of the screen. */
export interface DiffRows {
  rows: Row[];
  /** The row of each hunk's head. */
  hunks: number[];
  /** Rows in which the search was found. */
  matches: number[];
  /** Rows of the first changed line and of its new text: what a glance should meet. null = nothing changed. */
  first: { change: number; added: number } | null;
}

/** Draws a parsed diff, one below the other or side by side. */
export function diffRows(diff: ParsedDiff, look: DiffLook): DiffRows {
  const out: DiffRows = { rows: [], hunks: [], matches: [], first: null };
  const digits = Math.max(4, String(largest(diff)).length);
  let paint: Painter = () => [];
  const push = (rows: Row[], found: boolean) => {
    if (found) out.matches.push(out.rows.length);
    out.rows.push(...rows);
  };
  const has = (line: DiffLine | null) => line !== null && matchPlaces(line.text, look.search).length > 0;
  const half = Math.floor((look.width - 1) / 2);
  const side = (line: DiffLine | null, columns: number) => lineRows(line, columns, digits, look, paint);

  for (let i = 0; i < diff.items.length; i++) {
    const item = diff.items[i]!;
    if (item.kind === 'file') {
      paint = painterFor(item.path);
      if (out.rows.length > 0) out.rows.push([]);
      out.rows.push([
        { text: item.path, tone: 'title', bold: true },
        { text: item.note ? `  ${item.note}` : '', tone: 'warn' },
      ]);
    } else if (item.kind === 'hunk') {
      out.hunks.push(out.rows.length);
      out.rows.push([{ text: `@@ ${item.old} @@ ${item.heading}`.trimEnd(), tone: 'accent' }]);
    } else if (item.kind === 'same') {
      const rows = look.split
        ? beside(side(item.line, half), side(item.line, look.width - 1 - half), half)
        : side(item.line, look.width);
      push(rows, has(item.line));
    } else if (look.split) {
      out.first ??= { change: out.rows.length, added: out.rows.length };
      push(
        beside(side(item.before, half), side(item.after, look.width - 1 - half), half),
        has(item.before) || has(item.after),
      );
    } else {
      // One below the other: all that went, then all that came, as people read it.
      const block = [item];
      while (diff.items[i + 1]?.kind === 'pair') block.push(diff.items[++i] as typeof item);
      const change = out.rows.length;
      for (const { before } of block) if (before) push(side(before, look.width), has(before));
      const added = out.rows.length;
      for (const { after } of block) if (after) push(side(after, look.width), has(after));
      out.first ??= { change, added: Math.min(added, out.rows.length - 1) };
    }
  }
  if (diff.cut > 0) out.rows.push([], [{ text: `${diff.cut} more lines: pawl show`, tone: 'warn' }]);
  return out;
}

function largest(diff: ParsedDiff): number {
  return diff.items.reduce(
    (most, item) =>
      item.kind === 'same'
        ? Math.max(most, item.line.now ?? 0)
        : item.kind === 'pair'
          ? Math.max(most, item.before?.old ?? 0, item.after?.now ?? 0)
          : most,
    0,
  );
}

function lineRows(
  line: DiffLine | null,
  columns: number,
  digits: number,
  look: DiffLook,
  paint: Painter,
): Row[] {
  if (line === null) return [[]];
  const tone: Tone = line.sign === '+' ? 'add' : line.sign === '-' ? 'del' : 'fg';
  const sign = line.sign === '-' ? '−' : line.sign;
  const number = line.sign === '-' ? line.old : line.now;
  const head: Row = [
    { text: alignRight(String(number ?? ''), digits), tone: 'dim' },
    { text: ` ${sign} `, tone: line.sign === ' ' ? 'dim' : tone },
  ];
  const room = columns - digits - 3;
  if (room <= 0) return [cutRow(head, columns)];
  const spans = styled(line, tone, paint, look.search);
  if (!look.wrap)
    return [[...head, ...cutRow(look.sideways > 0 ? dropped(spans, look.sideways) : spans, room)]];
  const blank: Row = [
    { text: ' '.repeat(digits), tone: 'dim' },
    { text: ' ⋅ ', tone: 'dim' },
  ];
  return wrapped(spans, room).map((piece, i) => [...(i === 0 ? head : blank), ...piece]);
}

/** The text with its looks: what changed before what was found before what the language says. */
function styled(line: DiffLine, tone: Tone, paint: Painter, search: string): Row {
  const { text, marks } = line;
  const places = matchPlaces(text, search);
  const looks = paint(text);
  if (marks.length === 0 && looks.length === 0 && places.length === 0) return [{ text, tone }];
  const strong: Tone = line.sign === '+' ? 'addEmph' : 'delEmph';
  const edges = new Set([0, text.length, ...marks.flat(), ...places.flat()]);
  for (const { start, end } of looks) edges.add(start).add(end);
  const sorted = [...edges].filter((e) => e <= text.length).sort((a, b) => a - b);
  const row: Row = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const from = sorted[i]!;
    const to = sorted[i + 1]!;
    const within = ([start, end]: [number, number]) => start <= from && to <= end;
    const style = looks.find(({ start, end }) => start <= from && to <= end);
    const span: Span = { text: text.slice(from, to), tone };
    // In a changed line the colour says that it changed.
    if (style?.tone && line.sign === ' ') span.tone = style.tone;
    if (style?.bold) span.bold = true;
    if (marks.some(within)) span.tone = strong;
    if (places.some(within)) {
      span.tone = 'accent';
      span.inverse = true;
    }
    const last = row.at(-1);
    if (last && last.tone === span.tone && last.bold === span.bold && last.inverse === span.inverse)
      last.text += span.text;
    else row.push(span);
  }
  return row;
}

function dropped(row: Row, columns: number): Row {
  let left = columns;
  const out: Row = [];
  for (const span of row) {
    const w = width(span.text);
    if (left >= w) left -= w;
    else {
      out.push({ ...span, text: dropColumns(span.text, left) });
      left = 0;
    }
  }
  return out;
}

function wrapped(row: Row, columns: number): Row[] {
  const out: Row[] = [[]];
  let left = columns;
  for (const span of row) {
    let rest = span.text;
    while (rest !== '') {
      const head = takeColumns(rest, left);
      if (head === '' && left === columns) break;
      if (head !== '') out.at(-1)!.push({ ...span, text: head });
      left -= width(head);
      rest = rest.slice(head.length);
      if (rest !== '' || left <= 0) {
        if (rest === '') continue;
        out.push([]);
        left = columns;
      }
    }
  }
  return out;
}

/** Two columns of rows with a line between them. */
function beside(left: Row[], right: Row[], columns: number): Row[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const row = cutRow(left[i] ?? [], columns);
    return [
      ...row,
      { text: ' '.repeat(Math.max(0, columns - rowWidth(row))), tone: 'fg' as const },
      { text: '│', tone: 'border' as const },
      ...(right[i] ?? []),
    ];
  });
}
