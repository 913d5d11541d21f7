import { clean } from '../../protocol/clean.ts';
import type { FilteredLines, LogDoc } from '../log-doc.ts';
import { isError, matchPlaces } from '../log-match.ts';
import type { OpenLog } from '../log-reader.ts';
import type { LogRing } from '../log-ring.ts';
import type { Row, Tone } from '../spans.ts';
import { dropColumns } from '../text/cut.ts';
import { clockTime } from '../text/format.ts';
import { wrapLine } from '../text/wrap.ts';
import type { LogView } from '../view.ts';
import { empty, type Inner, type PaneContent } from './content.ts';

export interface LogInput {
  /** All lines that can be had. */
  doc: LogDoc;
  /** Only these of them, while a filter is on. */
  filtered: OpenLog['filtered'];
  /** Knows when lines came. */
  ring: LogRing | null;
  /** The line that `\r` keeps rewriting. */
  liveLine: string | null;
  view: LogView;
  /** What is searched for; its places are marked. */
  search: string;
  title: string;
  /** True for a trial that still runs: its end is followed. */
  follows: boolean;
  /** Another trial runs by now, and is not the one shown. */
  overtaken: string | null;
  /** Said where there is no line at all. */
  nothing: string[];
  /** The file, for where lines are that cannot be had. */
  path: string | null;
}

/** A log: it follows while nobody reads, and stands still while somebody does, whatever comes. */
export function logContent(input: LogInput, inner: Inner): PaneContent {
  const { doc, filtered, view, title } = input;
  const lines = filtered ? filtered.lines : doc;
  const liveRow = input.liveLine !== null && input.liveLine !== '' && !filtered;
  if (lines.end - lines.first === 0 && !liveRow) return none(input, inner);
  const height = inner.height - (liveRow ? 1 : 0);
  const shape = (place: number) => rowsOf(input, lines.line(place), numberOf(place), inner.width);
  const numberOf = (place: number) => (filtered ? filtered.lines.numberAt(place) : place);
  const placeOf = (no: number) => (filtered ? filtered.lines.placeOf(no) : no);

  const last = lastTop(lines, height, view.wrap ? shape : null);
  const start = view.top === null ? last : Math.min(last, Math.max(lines.first, placeOf(view.top)));
  const atEnd = start >= last;
  const rows: Row[] = [];
  let place = atEnd ? last : start;
  for (const room = atEnd ? height : inner.height; place < lines.end && rows.length < room; place++)
    rows.push(...shape(place));
  // Where the last lines are taller than the pane, their end is what was asked for.
  if (atEnd && rows.length > height) rows.splice(0, rows.length - height);
  if (!atEnd) rows.length = Math.min(rows.length, inner.height);
  if (atEnd && liveRow)
    rows.push([
      { text: ' ', tone: 'fg' },
      { text: cutSideways(clean(input.liveLine!), view), tone: 'live' },
    ]);

  const all = lines.end - lines.first;
  return {
    title,
    rows,
    aside: badge(input, atEnd),
    ...(all > inner.height || filtered || view.top !== null || input.search !== ''
      ? { foot: footOf(input, start, place, lines) }
      : {}),
    most: 0,
    place: {
      first: numberOf(start),
      last: numberOf(Math.max(start, place - 1)),
      moved(by) {
        const to = Math.max(lines.first, start + by);
        return to >= last && by > 0 ? null : numberOf(Math.min(to, Math.max(lines.first, lines.end - 1)));
      },
    },
  };
}

/** The place of the topmost line when the end is in sight. */
function lastTop(lines: LogDoc, height: number, shape: ((place: number) => Row[]) | null): number {
  if (!shape) return Math.max(lines.first, lines.end - height);
  let rows = 0;
  let place = lines.end;
  while (place > lines.first && rows < height) rows += shape(--place).length;
  return rows > height && place < lines.end - 1 ? place + 1 : place;
}

function rowsOf(input: LogInput, raw: string | null, no: number, columns: number): Row[] {
  if (raw === null) return [[{ text: ' …', tone: 'dim' }]];
  const { view } = input;
  const text = clean(raw);
  const error = isError(text);
  const tone: Tone = error ? 'crashed' : toneOf(text);
  const mark =
    view.at === no
      ? { text: '›', tone: 'accent' as const }
      : { text: error ? '▎' : ' ', tone: 'crashed' as const };
  const time = view.times ? input.ring?.timeOf(no) : undefined;
  const stamp = time === undefined ? '' : time > 0 ? `${clockTime(time)} ` : '         ';
  const pieces = view.wrap ? wrapLine(text, columns - 1 - stamp.length) : [cutSideways(text, view)];
  return pieces.map((piece, i) => [
    i === 0 ? mark : { text: ' ', tone: 'fg' },
    ...(stamp ? [{ text: i === 0 ? stamp : '         ', tone: 'dim' as const }] : []),
    ...marked(piece, input.search, tone),
  ]);
}

function cutSideways(text: string, view: LogView): string {
  return view.wrap || view.sideways === 0 ? text : dropColumns(text, view.sideways);
}

/** The text with the places of the pattern turned inside out: seen without colour too. */
function marked(text: string, pattern: string, tone: Tone): Row {
  const places = matchPlaces(text, pattern);
  if (places.length === 0) return [{ text, tone }];
  const row: Row = [];
  let at = 0;
  for (const [start, end] of places) {
    if (start > at) row.push({ text: text.slice(at, start), tone });
    row.push({ text: text.slice(start, end), tone: 'accent', inverse: true });
    at = end;
  }
  if (at < text.length) row.push({ text: text.slice(at), tone });
  return row;
}

function badge(input: LogInput, atEnd: boolean): string {
  const { view, doc } = input;
  if (input.overtaken) return `reading · ${input.overtaken}`;
  if (!input.follows) return '';
  if (view.top === null) return 'FOLLOW';
  const fresh = Math.max(0, doc.end - view.seen);
  return fresh > 0 ? `▼ ${count(fresh)} new` : atEnd ? 'at the end' : 'reading';
}

function footOf(input: LogInput, start: number, end: number, lines: LogDoc): string {
  const { filtered, view, doc } = input;
  const parts: string[] = [];
  if (input.search !== '') parts.push(`/${clean(input.search)}`);
  if (filtered) {
    const held = lines as FilteredLines;
    const found = held.end + held.dropped;
    parts.push(
      `& ${clean(view.filter)}: ${count(found)} of ${count(doc.end)}${filtered.reading ? ' so far' : ''}${held.dropped > 0 ? ', the newest held' : ''}`,
    );
  } else parts.push(`${count(start + 1)}–${count(end)} of ${count(doc.end)}`);
  return parts.join(' · ');
}

function none(input: LogInput, inner: Inner): PaneContent {
  const { filtered, view, title } = input;
  if (filtered && filtered.lines.end === 0 && input.doc.end > 0)
    return {
      title,
      aside: `& ${clean(view.filter)}`,
      rows: empty(
        inner,
        filtered.reading
          ? 'Looking through the file …'
          : `None of ${count(input.doc.end)} lines passes the filter.`,
        ['& and Enter on an empty line shows all of them again.'],
      ),
    };
  const [headline = 'No log.', ...more] = input.nothing;
  return { title, rows: empty(inner, headline, more) };
}

const count = (n: number): string => n.toLocaleString('en-US');

function toneOf(text: string): Tone {
  if (/^METRIC\s/.test(text)) return 'accent';
  if (/^\s*(warn(ing)?\b)/i.test(text)) return 'warn';
  return 'fg';
}
