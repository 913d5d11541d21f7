import type { Experiment } from '../../journal/state.ts';
import { attemptWords } from '../../protocol/attempt-words.ts';
import { clean } from '../../protocol/clean.ts';
import type { ParsedDiff } from '../diff/parse.ts';
import type { DiffRows } from '../diff/rows.ts';
import type { DiffSubject } from '../diff/subject.ts';
import { experimentLook } from '../glyphs.ts';
import { keyOf } from '../keys/bindings.ts';
import type { LiveState } from '../live.ts';
import type { Row } from '../spans.ts';
import type { DiffView } from '../view.ts';
import { barred, empty, type Inner, type PaneContent, paragraph, windowed } from './content.ts';

export interface DiffInput {
  subject: DiffSubject | null;
  /** The diff, parsed and drawn; null = there is none (yet). */
  diff: { parsed: ParsedDiff; drawn: DiffRows } | null;
  /** The proposal is still being written: this much of it could be read. */
  draft: boolean;
  /** Why there is no diff, where that is known. */
  why: string | null;
  phase: LiveState['phase']['phase'];
  selected: boolean;
  scroll: number;
  view: DiffView;
  search: string;
  /** The `check` command of the project, if any. */
  check: string | null;
  /** Whether the whole screen is wide enough for two columns. */
  wide?: boolean;
}

/** Narrower panes show lines one below the other. Columns of the whole pane, its border included. */
export const splitWidth = 120;

/** True when there is room for two columns. */
export function canSplit(inner: Inner): boolean {
  return inner.width + 4 >= splitWidth;
}

/** The change of the shown experiment, between what it is for and what was said of it. */
export function diffContent(input: DiffInput, inner: Inner): PaneContent {
  const { subject, diff } = input;
  if (!subject)
    return { rows: empty(inner, 'No change yet.', ['It appears here as soon as the proposer writes it.']) };
  const { experiment } = subject;
  const title = titleOf(input);
  const head = about(experiment, inner);
  if (experiment.n === 0)
    return {
      title: 'baseline',
      rows: empty(inner, 'The baseline changes nothing: it is your code as it is.', [
        'What the first proposal changes will show here.',
      ]),
    };
  if (!diff || diff.drawn.rows.length === 0) {
    const why =
      input.why ??
      (input.selected || experiment.verdict ? absent(experiment, input.selected) : waiting(input.phase));
    const gap: Row[] = head.length > 0 ? [[]] : [];
    return {
      title,
      rows: [...head, ...gap, ...paragraph(why, inner.width, 'dim', inner.height)].slice(0, inner.height),
    };
  }
  const { parsed, drawn } = diff;
  const below = inner.height >= 12 ? said(input, inner) : [];
  const gap: Row[] = head.length > 0 && inner.height - head.length - below.length > 4 ? [[]] : [];
  const height = inner.height - head.length - gap.length - below.length;
  const rest = input.draft ? Math.max(0, drawn.rows.length - height) : restingRow(drawn, height);
  const top = Math.max(0, rest + input.scroll);
  const body = windowed(drawn.rows, top, height);
  const filled = body.rows.concat(
    Array.from({ length: below.length > 0 ? height - body.rows.length : 0 }, () => []),
  );
  const stop = (row: number) => Math.min(body.most, row) - rest;
  return {
    title,
    aside: asideOf(input, parsed),
    rows: [...head, ...gap, ...filled, ...below],
    least: -rest,
    most: body.most - rest,
    stops: { marks: drawn.hunks.map(stop), found: drawn.matches.map((row) => stop(Math.max(0, row - 2))) },
    foot: footOf(input, drawn, Math.min(top, body.most), body.most, inner),
  };
}

function titleOf({ subject, draft }: DiffInput): string {
  const { experiment: e, name } = subject!;
  if (e.n === 0) return 'baseline';
  return `#${e.n} ${draft ? 'writing…' : `on ${clean(name)}`}`;
}

function asideOf(input: DiffInput, parsed: ParsedDiff): string {
  const files = parsed.files.length === 1 ? parsed.files[0]! : `${parsed.files.length} files`;
  const counts = `+${parsed.added} −${parsed.removed}`;
  if (input.draft) return `${files} ${counts} so far`;
  return `${files} ${counts}`;
}

function footOf(
  { view, search, subject, wide }: DiffInput,
  drawn: DiffRows,
  top: number,
  most: number,
  inner: Inner,
): string {
  const parts: string[] = [];
  if (view.split && !canSplit(inner))
    parts.push(
      wide === false
        ? `side by side needs ${splitWidth} columns`
        : `two columns need ${splitWidth}: ${keyOf('zoom')} zooms`,
    );
  if (search !== '')
    parts.push(
      `/${clean(search)} ${drawn.matches.length === 0 ? 'not here' : `${drawn.matches.length} rows`}`,
    );
  if (subject!.bases.length > 1) parts.push(`${keyOf('against')} other base`);
  if (view.sideways > 0 && !view.wrap) parts.push(`from column ${view.sideways + 1}`);
  const passed = drawn.hunks.filter((row) => row <= top).length;
  const at = top >= most && most > 0 ? drawn.hunks.length : Math.max(1, passed);
  if (drawn.hunks.length > 1) parts.push(`hunk ${at}/${drawn.hunks.length}`);
  else if (most > 0) parts.push(`line ${top + 1} of ${drawn.rows.length}`);
  return parts.join(' · ');
}

// Where the diff stands until it is scrolled: the first change is seen with its new line, context above if it fits.
function restingRow({ rows, first }: DiffRows, height: number): number {
  if (!first || first.added < height) return 0;
  return Math.max(0, Math.min(first.change, first.added - height + 1, Math.max(0, rows.length - height)));
}

function about(e: Experiment, inner: Inner): Row[] {
  const rows = e.hypothesis
    ? paragraph(clean(e.hypothesis), inner.width, 'fg', inner.height >= 12 ? 2 : 1)
    : [];
  const refusal = e.refusals.at(-1);
  if (e.verdict) {
    const look = experimentLook(e);
    rows.push([
      { text: `${look.glyph} ${e.verdict}`, tone: look.tone, bold: true },
      { text: e.why ? `  ${clean(e.why)}` : '', tone: 'dim' },
    ]);
  } else if (refusal && !e.sha) {
    rows.push([
      { text: `${clean(attemptWords(refusal))} refused`, tone: 'warn' },
      { text: `  ${clean(refusal.why)}`, tone: 'dim' },
    ]);
  }
  return rows;
}

/** Under the diff: what is expected of it, and which checks it has passed. */
function said({ subject, phase, check, draft }: DiffInput, inner: Inner): Row[] {
  const e = subject!.experiment;
  const rows: Row[] = [];
  if (e.expect) rows.push(...paragraph(`expects: ${clean(e.expect)}`, inner.width, 'dim', 1));
  if (draft) return rows.length > 0 ? [[], ...rows] : [];
  const done = e.sha !== null;
  const failed = done ? undefined : e.refusals.at(-1);
  const mark = (word: string, ok: boolean | null): Row => [
    { text: `${word} `, tone: 'dim' },
    ok === null
      ? { text: '…', tone: 'live' }
      : ok
        ? { text: '✓', tone: 'kept' }
        : { text: '✗', tone: 'crashed' },
  ];
  const running = phase === 'checking' && e.verdict === null && !done;
  const parts: Row[] = [
    mark('applies', true),
    mark('new', done || running ? true : failed?.code !== 'duplicate'),
  ];
  if (e.fuzzy) parts.push([{ text: 'place found loosely', tone: 'warn' }]);
  if (check) parts.push(mark('check', done ? true : running ? null : failed?.code !== 'check'));
  rows.push(barred(parts, inner.width));
  return [[], ...rows];
}

function absent(e: Experiment, selected: boolean): string {
  if (e.sha === null) return 'Nothing was changed: no proposal passed the checks.';
  return selected
    ? 'Its diff is not in the run’s folder.'
    : `Select it with ${keyOf('previous-experiment')} to read its diff.`;
}

function waiting(phase: DiffInput['phase']): string {
  return phase === 'proposing'
    ? 'The proposal is being written: each block shows here as soon as it can be read.'
    : 'No change yet.';
}
