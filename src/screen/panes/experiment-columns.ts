import type { Experiment, RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import { verdictWord } from '../../protocol/words.ts';
import { experimentLook } from '../glyphs.ts';
import { changeOf, measuredSince } from '../selectors.ts';
import type { Row } from '../spans.ts';
import { alignLeft, alignRight, cut, width } from '../text/cut.ts';
import { duration, number, percent, sigmas } from '../text/format.ts';
import { whatText } from '../what-text.ts';

/** How wide each column of the list is; 0 = left out. */
export interface Columns {
  number: number;
  metric: number;
  change: number;
  sigma: number;
  took: number;
  what: number;
}

/** Columns for the rows in sight, in `columns` cells: what it was about matters most, then sigmas, then time. */
export function columnsFor(shown: readonly Experiment[], run: RunState, columns: number): Columns {
  const widest = (texts: string[], least: number) => Math.max(least, ...texts.map(width));
  const n = Math.max(3, String(run.experiments.length - 1).length + 1);
  const metric = widest(
    shown.map((e) => number(e.metric)),
    Math.min(width(metricName(run)), 8),
  );
  const change = widest(
    shown.map((e) => changeText(e, run)),
    6,
  );
  let what = columns - (1 + n + 1 + 1 + 1 + metric + 1 + change + 2);
  const sigma =
    what >= 23
      ? 1 +
        widest(
          shown.map((e) => sigmas(e.z)),
          5,
        )
      : 0;
  what -= sigma;
  const took = what >= 23 && shown.some((e) => tookText(e) !== '') ? 1 + widest(shown.map(tookText), 5) : 0;
  what -= took;
  return { number: n, metric, change, sigma, took, what };
}

/** The row that names the columns. */
export function headingRow(c: Columns, run: RunState): Row {
  const name = metricName(run);
  return [
    {
      text:
        ` ${alignRight('#', c.number)}   ${alignRight(cut(name, c.metric), c.metric)} ${alignRight('vs bar', c.change)}` +
        (c.sigma ? alignRight('σ', c.sigma) : '') +
        (c.took ? alignRight('took', c.took) : '') +
        '  what',
      tone: 'dim',
    },
  ];
}

/** One decided experiment. `next`: its change is to run again, before anything else. */
export function experimentRow(
  e: Experiment,
  run: RunState,
  c: Columns,
  selected: boolean,
  next = false,
): Row {
  const look = experimentLook(e);
  const quiet = e.verdict === 'kept' || e.n === 0 ? 'fg' : 'dim';
  const champion = e.n === run.champion.n && e.verdict !== null;
  // Where nothing was measured, the word says why.
  const measured =
    e.metric === null
      ? alignLeft(
          ` ${next ? 'runs next' : verdictWord(e.verdict, e.trials.at(-1)?.outcome ?? null)}`,
          c.metric + 1 + c.change,
        )
      : `${alignRight(number(e.metric), c.metric)} ${alignRight(changeText(e, run), c.change)}`;
  const unsure = e.verdict === 'kept' && e.confidence === 'provisional' ? '?' : ' ';
  const mark = selected ? '▸' : champion ? '*' : e.pinned ? '^' : ' ';
  const row: Row = [
    { text: mark, tone: champion ? 'kept' : e.pinned ? 'warn' : 'focus' },
    { text: alignRight(String(e.n), c.number), tone: 'dim' },
    { text: measuredSince(e) ? '+' : ' ', tone: 'accent' },
    { text: look.glyph, tone: look.tone },
    { text: unsure, tone: 'warn' },
    { text: measured, tone: look.tone },
  ];
  if (c.sigma) row.push({ text: alignRight(sigmas(e.z), c.sigma), tone: 'dim' });
  if (c.took) row.push({ text: alignRight(tookText(e), c.took), tone: 'dim' });
  row.push({ text: `  ${alignLeft(whatText(e), c.what)}`, tone: quiet });
  // One calm bar: the colours of the cells would make a patchwork of it.
  return selected ? row.map((span) => ({ text: span.text, tone: 'focus', inverse: true })) : row;
}

function metricName(run: RunState): string {
  return clean(run.settings?.metric.name ?? 'metric');
}

function changeText(e: Experiment, run: RunState): string {
  if (e.n === 0 || e.gain === null) return '';
  const change = changeOf(run, e.gain);
  if (change.relative) return percent(change.value);
  return change.value > 0 ? `+${number(change.value)}` : `−${number(-change.value)}`;
}

function tookText(e: Experiment): string {
  const seconds = e.trials.map((t) => t.seconds).filter((s) => s !== null);
  return duration(seconds.length === 0 ? null : seconds.reduce((a, b) => a + b, 0));
}
