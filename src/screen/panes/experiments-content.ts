import type { Experiment, RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { filteredExperiments } from '../experiment-filter.ts';
import { spin } from '../glyphs.ts';
import { keyOf } from '../keys/bindings.ts';
import type { LiveState } from '../live.ts';
import { rowWidth } from '../paint.ts';
import { currentExperiment } from '../selectors.ts';
import type { Row, Span } from '../spans.ts';
import { alignLeft, alignRight, width } from '../text/cut.ts';
import { clock, number } from '../text/format.ts';
import { whatText } from '../what-text.ts';
import { empty, type Inner, type PaneContent } from './content.ts';
import { columnsFor, experimentRow, headingRow } from './experiment-columns.ts';

export interface ExperimentsInput {
  run: RunState;
  phase: LiveState['phase'];
  selected: number | null;
  now: number;
  /** What the list is filtered by; empty = everything. */
  filter: string;
  /** Nobody works on it: what it did last is not what it does. */
  gone?: boolean;
  /** Skipped or rejected ones whose changes run next. */
  requeue?: readonly number[];
  /** What the model is writing down for the next one; empty = nothing yet. */
  idea?: string;
  /** The newest experiment that the user had seen when leaving; null = no mark. */
  seen: number | null;
}

/** The list of experiments, newest first, the running one pinned on top. Only what is in sight is worked out. */
export function experimentsContent(input: ExperimentsInput, inner: Inner): PaneContent {
  const { run, selected, filter } = input;
  const found = filteredExperiments(run, filter);
  const current = currentExperiment(run);
  if (run.tag === '' && !input.gone)
    return {
      rows: empty(inner, 'Waiting for the engine.', [
        'What the run has tried shows here as soon as it answers.',
      ]),
    };
  if (
    run.experiments.length === 0 ||
    (run.experiments.length === 1 && run.ended && run.experiments[0]?.verdict === null)
  )
    return { rows: empty(inner, run.ended ? 'No experiments.' : 'No experiments yet.', emptyHelp(input)) };

  const past = pastOf(found, current);
  const title = filter.trim() === '' ? {} : { title: `/ ${clean(filter)}` };
  const live = current ? liveRow(current, input, inner.width) : null;
  if (past.count === 0 && filter.trim() !== '')
    return {
      ...title,
      rows: [
        ...(live ? [live] : []),
        ...empty(inner, 'No experiment matches.', [
          `${keyOf('find')} changes the filter, ${keyOf('back')} clears it. It takes kept, crashed, provisional, tuner, Δ<0, z>2, #12-20, !skipped, or any text.`,
        ]),
      ].slice(0, inner.height),
      aside: `0 of ${total(run, current)}`,
    };

  const explained = inner.height >= 16 && past.count < inner.height - legend.length - 3;
  const height = Math.max(1, inner.height - 1 - (live ? 1 : 0) - (explained ? legend.length + 1 : 0));
  const at = selected === null ? 0 : Math.max(0, past.indexOf(selected));
  const from = firstVisible(at, height, past.count);
  const shown = Array.from({ length: Math.min(height, past.count - from) }, (_, i) => past.at(from + i));
  const columns = columnsFor(shown, run, inner.width);
  const rows: Row[] = [headingRow(columns, run)];
  if (live) rows.push(live);
  rows.push(...withSeenMark(shown, input, columns, inner.width));
  rows.length = Math.min(rows.length, inner.height - (explained ? legend.length : 0));
  if (explained) {
    while (rows.length < inner.height - legend.length) rows.push([]);
    rows.push(...legend);
  }
  const most = Math.max(0, past.count - height);
  // The one at work stands on top of all, and is counted as it is seen.
  const own = live ? 1 : 0;
  const first = from === 0 ? 1 : from + 1 + own;
  return {
    ...title,
    rows,
    most,
    aside: filter.trim() === '' ? `${total(run, current)} done` : `${past.count} of ${total(run, current)}`,
    ...(most > 0 ? { foot: `${first}–${from + shown.length + own} of ${past.count + own}` } : {}),
  };
}

function emptyHelp({ phase, run, gone }: ExperimentsInput): string[] {
  if (run.ended)
    return [
      `The run ended before its baseline was measured. ${keyOf('focus-4')} shows the log, pawl doctor looks at the set-up.`,
    ];
  if (gone) return ['The engine is gone before it began: pawl resume starts it again.'];
  const first =
    'The baseline comes first: your code as it is, three times, to learn how noisy the metric is. Every idea after it is a line here.';
  return phase.phase === 'held' ? [first, `${keyOf('hold')} goes on.`] : [first];
}

/** The decided ones from the newest back, without a copy of a night's thousands. */
function pastOf(found: readonly Experiment[], current: Experiment | null) {
  // The undecided one is the last, but for a journal that was cut in two.
  const list =
    current === null || found.at(-1) === current || !found.includes(current)
      ? found
      : found.filter((e) => e !== current);
  const count = list.at(-1) === current && current !== null ? list.length - 1 : list.length;
  return {
    count,
    at: (i: number): Experiment => list[count - 1 - i]!,
    /** Place of that number, or of the next older one that is in the list; -1 for none. */
    indexOf(n: number): number {
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle]!.n <= n) low = middle + 1;
        else high = middle;
      }
      return count - low;
    },
  };
}

function total(run: RunState, current: Experiment | null): number {
  return Math.max(0, run.experiments.length - 1 - (current && current.n > 0 ? 1 : 0));
}

// The selection stays in the middle third, so that both neighbours are seen while walking.
function firstVisible(at: number, height: number, total: number): number {
  return Math.max(0, Math.min(at - Math.floor(height / 2), total - height));
}

// A line between what is new to the user and what is not.
function withSeenMark(
  shown: readonly Experiment[],
  { run, seen, selected, requeue }: ExperimentsInput,
  columns: ReturnType<typeof columnsFor>,
  width: number,
): Row[] {
  const rows: Row[] = [];
  shown.forEach((e, i) => {
    const before = shown[i - 1];
    if (seen !== null && e.n <= seen && before && before.n > seen) rows.push(seenMark(run, seen, width));
    rows.push(experimentRow(e, run, columns, e.n === selected, requeue?.includes(e.n)));
  });
  return rows;
}

function seenMark(run: RunState, seen: number, columns: number): Row {
  const fresh = run.experiments.length - 1 - seen - (run.current !== null && run.current > seen ? 1 : 0);
  const text = ` ${fresh} new since you left `;
  const rest = Math.max(0, columns - width(text) - 2);
  return [
    { text: '──', tone: 'border' },
    { text, tone: 'accent' },
    { text: '─'.repeat(rest), tone: 'border' },
  ];
}

// In a run that rests nothing may turn or count.
function liveRow(
  e: Experiment,
  { run, phase, now, gone, idea, selected: chosen }: ExperimentsInput,
  columns: number,
): Row {
  const selected = chosen === e.n;
  const rests =
    run.ended || gone
      ? 'open'
      : phase.phase === 'held'
        ? run.held?.asks === e.n
          ? 'keep it?'
          : 'held'
        : phase.phase === 'approving'
          ? 'waits for you'
          : null;
  const since = phase.since > 0 ? ` ${clock((now - phase.since) / 1000)}` : '';
  const text = e.n === 0 ? '' : whatText(e) || (idea ?? '');
  const n = Math.max(3, String(run.experiments.length - 1).length + 1);
  const style: Pick<Span, 'tone' | 'bold'> =
    rests === 'open' ? { tone: 'dim' } : { tone: 'live', bold: true };
  // What it measured before it came to rest is not lost, and shows.
  const latest = rests === null ? undefined : e.trials.findLast((trial) => trial.outcome === 'ok')?.metric;
  const measured = latest === undefined || latest === null ? '' : `${number(latest)} `;
  // The word stands where the decided ones have their numbers.
  const row: Row = [
    { text: selected ? '▸' : ' ', tone: 'focus' },
    { text: `${alignRight(String(e.n), n)} `, ...style },
    { text: rests === null ? spin(now) : rests === 'open' ? '◌' : '‖', ...style },
    { text: `  ${measured}${rests ?? `${phase.phase}${since}`}`, ...style },
  ];
  if (text) row.push({ text: `  ${alignLeft(text, Math.max(0, columns - rowWidth(row) - 2))}`, tone: 'fg' });
  // As for the decided ones: one calm bar.
  return selected ? row.map((span) => ({ text: span.text, tone: 'focus', inverse: true })) : row;
}

const legend: Row[] = [
  [
    { text: '◔', tone: 'crashed' },
    { text: ' timed out  ', tone: 'dim' },
    { text: '∅', tone: 'dim' },
    { text: ' rejected  ', tone: 'dim' },
    { text: '~', tone: 'dim' },
    { text: ' skipped  ', tone: 'dim' },
    { text: '↺', tone: 'warn' },
    { text: ' reverted', tone: 'dim' },
  ],
  [
    { text: '*', tone: 'kept' },
    { text: ' champion  ', tone: 'dim' },
    { text: '^', tone: 'warn' },
    { text: ' pinned  ', tone: 'dim' },
    { text: '?', tone: 'warn' },
    { text: ' not yet sure', tone: 'dim' },
  ],
  [
    { text: '+', tone: 'accent' },
    { text: ' measured again  ', tone: 'dim' },
    { text: 'σ', tone: 'dim' },
    { text: ' noise of one trial', tone: 'dim' },
  ],
  [
    { text: 'bar', tone: 'dim' },
    { text: ' to be beaten: the champion, less luck', tone: 'dim' },
  ],
];
