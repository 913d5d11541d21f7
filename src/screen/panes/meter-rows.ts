import { sparkline } from '../charts/sparkline.ts';
import { gauge } from '../gauge.ts';
import type { Row, Tone } from '../spans.ts';
import { alignLeft, alignRight } from '../text/cut.ts';
import { barred } from './content.ts';

/** One quantity of the machine: its value, its share of a limit, and its last two minutes. */
export interface Meter {
  label: string;
  /** As it is shown; `n/a` where the device does not say. */
  value: string;
  /** 0 to 1; null = not known. */
  share: number | null;
  history: readonly (number | null)[];
  range: [number, number];
  tone: Tone;
  limit?: string;
  /** In place of the plain gauge, drawn for that many columns. */
  bar?: (columns: number) => Row;
}

// The rows lie on top of each other: a full column would grow into the row above it.
const headroom = 1.2;
const head = 12;
const after = 9;

/** Columns that the gauge of a meter gets in a pane of that width. */
function gaugeColumns(columns: number): number {
  return Math.max(4, Math.min(24, Math.floor((columns - head - after - 2) * 0.42)));
}

/** `util  97% ━━━━╸── ▆▇▅▆`: label, value, share, then the last two minutes. */
export function meterRow(meter: Meter, columns: number): Row {
  const { label, value, share, history, tone, limit = '' } = meter;
  const [min, max] = meter.range;
  const bar = gaugeColumns(columns);
  const spark = Math.min(60, columns - head - after - 2 - bar - 1);
  return [
    { text: alignLeft(label, 6), tone: 'dim' },
    { text: alignRight(value, 5), tone: value === 'n/a' ? 'dim' : 'fg', bold: value !== 'n/a' },
    { text: ' ', tone: 'fg' },
    ...(meter.bar ? meter.bar(bar) : gauge(share, bar, tone)),
    { text: ` ${alignLeft(limit, after)} `, tone: 'dim' },
    {
      text:
        spark > 3 && history.some((v) => v !== null)
          ? alignRight(sparkline(history.slice(-60), spark, { min, max: max * headroom }), spark)
          : '',
      // Quieter than any word: columns are much ink, and say little more than whether it was always so.
      tone: 'band',
    },
  ];
}

/** Parts separated by bars, over as many rows as they need. */
export function flowed(parts: Row[], columns: number): Row[] {
  const rows: Row[] = [];
  let rest = parts;
  while (rest.length > 0) {
    let count = rest.length;
    while (count > 1 && barred(rest.slice(0, count), columns).length < partsLength(rest.slice(0, count)))
      count--;
    rows.push(barred(rest.slice(0, count), columns));
    rest = rest.slice(count);
  }
  return rows;
}

const partsLength = (parts: Row[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0) + parts.length - 1;
