import type { Experiment, RunState } from '../../journal/state.ts';
import { experimentLook, spin } from '../glyphs.ts';
import type { LiveState } from '../live.ts';
import { changeOf, currentExperiment, experimentsOf } from '../selectors.ts';
import type { Row } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { alignLeft, alignRight, cut, width } from '../text/cut.ts';
import { clock, duration, number, percent, signed } from '../text/format.ts';
import { whatText } from '../what-text.ts';
import { empty, type Inner, type PaneContent } from './content.ts';

export interface ExperimentsInput {
  run: RunState;
  phase: LiveState['phase'];
  selected: number | null;
  now: number;
}

/** The list of experiments, newest first, the running one pinned on top. */
export function experimentsContent(
  { run, phase, selected, now }: ExperimentsInput,
  inner: Inner,
): PaneContent {
  const all = experimentsOf(run);
  const current = currentExperiment(run);
  const past = all.filter((e) => e !== current).reverse();
  if (all.length === 0)
    return {
      rows: empty(inner, 'No experiments yet.', [
        'The baseline comes first: your code as it is, three times, to learn how noisy the metric is.',
      ]),
    };
  const live = current ? liveRow(current, run, phase, now, inner.width, selected === current.n) : null;
  const explained = inner.height >= 16 && past.length < inner.height - legend.length - 3;
  const height = inner.height - 1 - (live ? 1 : 0) - (explained ? legend.length + 1 : 0);
  const at =
    selected === null
      ? 0
      : Math.max(
          0,
          past.findIndex((e) => e.n === selected),
        );
  const from = firstVisible(at, height, past.length);
  const shown = past.slice(from, from + height);
  const columns = columnsFor(shown, run, inner.width);
  const rows: Row[] = [heading(columns, run)];
  if (live) rows.push(live);
  for (const e of shown) rows.push(pastRow(e, run, columns, e.n === selected));
  if (explained) {
    while (rows.length < inner.height - legend.length) rows.push([]);
    rows.push(...legend);
  }
  const decided = past.filter((e) => e.n > 0).length;
  const most = Math.max(0, past.length - height);
  return {
    rows,
    most,
    aside: decided === 1 ? '1 done' : `${decided} done`,
    ...(most > 0 ? { foot: `${from + 1}–${from + shown.length} of ${past.length}` } : {}),
  };
}

// The selection stays in the middle third, so that both neighbours are seen while walking.
function firstVisible(at: number, height: number, total: number): number {
  return Math.max(0, Math.min(at - Math.floor(height / 2), total - height));
}

interface Columns {
  number: number;
  metric: number;
  change: number;
  sigma: number;
  took: number;
  what: number;
}

function columnsFor(shown: Experiment[], run: RunState, columns: number): Columns {
  const widest = (texts: string[], least: number) => Math.max(least, ...texts.map(width));
  const n = Math.max(3, String(run.experiments.length - 1).length + 1);
  const name = clean(run.settings?.metric.name ?? 'metric');
  const metric = widest(
    shown.map((e) => number(e.metric)),
    Math.min(width(name), 8),
  );
  const change = widest(
    shown.map((e) => changeText(e, run)),
    6,
  );
  let what = columns - (1 + n + 1 + 1 + 1 + metric + 1 + change + 2);
  // What it was about matters most; sigmas and time only come where the text keeps room.
  const sigma = what >= 23 ? 1 + widest(shown.map(sigmaText), 6) : 0;
  what -= sigma;
  const took = what >= 24 ? 1 + widest(shown.map(tookText), 5) : 0;
  what -= took;
  return { number: n, metric, change, sigma, took, what };
}

function heading(c: Columns, run: RunState): Row {
  const name = clean(run.settings?.metric.name ?? 'metric');
  return [
    {
      text:
        ` ${alignRight('#', c.number)}   ${alignRight(cut(name, c.metric), c.metric)} ${alignRight('change', c.change)}` +
        (c.sigma ? alignRight('sigma', c.sigma) : '') +
        (c.took ? alignRight('took', c.took) : '') +
        '  what',
      tone: 'dim',
    },
  ];
}

function pastRow(e: Experiment, run: RunState, c: Columns, selected: boolean): Row {
  const look = experimentLook(e);
  const quiet = e.verdict === 'kept' || e.n === 0 ? 'fg' : 'dim';
  const champion = e.n === run.champion.n && e.verdict !== null;
  // Where nothing was measured, the word says why.
  const measured =
    e.metric === null
      ? alignLeft(` ${e.verdict ?? ''}`, c.metric + 1 + c.change)
      : `${alignRight(number(e.metric), c.metric)} ${alignRight(changeText(e, run), c.change)}`;
  const unsure = e.verdict === 'kept' && e.confidence === 'provisional' ? '?' : ' ';
  const row: Row = [
    { text: selected ? '▸' : champion ? '*' : ' ', tone: champion ? 'kept' : 'focus' },
    { text: alignRight(String(e.n), c.number), tone: 'dim' },
    { text: ` ${look.glyph}`, tone: look.tone },
    { text: unsure, tone: 'warn' },
    { text: measured, tone: look.tone },
    ...(c.sigma
      ? [
          {
            text: alignRight(sigmaText(e), c.sigma),
            tone: 'dim' as const,
          },
        ]
      : []),
    ...(c.took ? [{ text: alignRight(tookText(e), c.took), tone: 'dim' as const }] : []),
    { text: `  ${alignLeft(whatText(e), c.what)}`, tone: quiet },
  ]; // One calm bar: the colours of the cells would make a patchwork of it.
  return selected ? row.map((span) => ({ text: span.text, tone: 'focus', inverse: true })) : row;
}

// In a run that rests nothing may turn or count.
function liveRow(
  e: Experiment,
  run: RunState,
  phase: LiveState['phase'],
  now: number,
  columns: number,
  selected: boolean,
): Row {
  const rests = run.ended ? 'open' : phase.phase === 'held' ? 'held' : null;
  const since = phase.since > 0 ? ` ${clock((now - phase.since) / 1000)}` : '';
  const text = e.n === 0 ? '' : whatText(e);
  const state = rests ? `${run.ended ? '○' : '‖'} ${rests}` : `${spin(now)} ${phase.phase}${since}`;
  const head = `${alignRight(String(e.n), 4)} ${state}`;
  return [
    { text: selected ? '▸' : ' ', tone: 'focus' },
    run.ended ? { text: head, tone: 'dim' } : { text: head, tone: 'live', bold: true },
    { text: text ? `  ${alignLeft(text, Math.max(0, columns - width(head) - 3))}` : '', tone: 'fg' },
  ];
}

function changeText(e: Experiment, run: RunState): string {
  if (e.n === 0 || e.gain === null) return '';
  const change = changeOf(run, e.gain);
  if (change.relative) return percent(change.value);
  return change.value > 0 ? `+${number(change.value)}` : `−${number(-change.value)}`;
}

function sigmaText(e: Experiment): string {
  return e.z === null ? '' : `${signed(e.z, 1)}σ`;
}

function tookText(e: Experiment): string {
  const seconds = e.trials.map((t) => t.seconds).filter((s) => s !== null);
  return duration(seconds.length === 0 ? null : seconds.reduce((a, b) => a + b, 0));
}

const legend: Row[] = [
  [
    { text: '●', tone: 'kept' },
    { text: ' kept  ', tone: 'dim' },
    { text: '·', tone: 'discarded' },
    { text: ' discarded  ', tone: 'dim' },
    { text: '×', tone: 'crashed' },
    { text: ' crashed  ', tone: 'dim' },
    { text: '∅', tone: 'dim' },
    { text: ' rejected', tone: 'dim' },
  ],
  [
    { text: '*', tone: 'kept' },
    { text: ' champion  ', tone: 'dim' },
    { text: '?', tone: 'warn' },
    { text: ' kept, but not yet sure', tone: 'dim' },
  ],
];
