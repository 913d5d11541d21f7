import { clean } from '../../protocol/clean.ts';
import type { GpuProcess, GpuSample } from '../../protocol/pulse.ts';
import type { GpuHistory } from '../live.ts';
import type { Row, Tone } from '../spans.ts';
import { alignLeft, alignRight } from '../text/cut.ts';
import { memory } from '../text/format.ts';
import { barred } from './content.ts';
import { splitBar, splitLegend, splitMemory } from './memory-split.ts';
import { flowed, meterRow } from './meter-rows.ts';

/** How much of one GPU is shown: everything, the two meters that matter most, or one line. */
export type Detail = 'full' | 'brief' | 'line';

/** A temperature at which cards begin to slow down. */
const hotC = 85;

/** The rows of one GPU. What the device does not say stands there as `n/a`. */
export function gpuRows(
  g: GpuSample,
  history: GpuHistory | undefined,
  processes: readonly GpuProcess[],
  columns: number,
  detail: Detail,
): Row[] {
  if (detail === 'line') return [lineOf(g, columns)];
  const split = splitMemory(g, processes);
  const used = g.memoryUsedMiB;
  const total = g.memoryTotalMiB;
  const rows: Row[] = [
    meterRow(
      {
        label: 'util',
        value: said(g.utilization, (v) => `${Math.round(v)}%`),
        share: g.utilization === null ? null : g.utilization / 100,
        history: history?.utilization ?? [],
        range: [0, 100],
        tone: 'accent',
        ...(g.utilization === null && g.mig ? { limit: 'MIG' } : {}),
      },
      columns,
    ),
    meterRow(
      {
        label: 'mem',
        value: said(used, memory),
        share: used === null || !total ? null : used / total,
        history: history?.memory ?? [],
        range: [0, total ?? 1],
        tone: 'accent',
        limit: total ? `of ${memory(total)}` : '',
        ...(split ? { bar: (cells: number) => splitBar(split, cells) } : {}),
      },
      columns,
    ),
  ];
  if (detail === 'brief') return rows;
  if (split)
    rows.push(
      ...flowed(splitLegend(split), columns - 2).map((row): Row => [{ text: '  ', tone: 'fg' }, ...row]),
    );
  rows.push(
    meterRow(
      {
        label: 'power',
        value: said(g.powerW, (v) => `${Math.round(v)}W`),
        share: g.powerW !== null && g.powerLimitW ? g.powerW / g.powerLimitW : null,
        history: history?.power ?? [],
        range: [0, g.powerLimitW ?? 500],
        tone: 'live',
        limit: g.powerLimitW ? `of ${Math.round(g.powerLimitW)}W` : '',
      },
      columns,
    ),
    meterRow(
      {
        label: 'temp',
        value: said(g.temperatureC, (v) => `${Math.round(v)}°`),
        share: g.temperatureC === null ? null : g.temperatureC / 100,
        history: history?.temperature ?? [],
        range: [20, 100],
        tone: (g.temperatureC ?? 0) >= hotC ? 'crashed' : 'live',
        ...((g.temperatureC ?? 0) >= hotC ? { limit: 'hot' } : {}),
      },
      columns,
    ),
    ...flowed(facts(g), columns),
  );
  return rows;
}

/** Clocks, fan, state, and what holds it back, in words. */
function facts(g: GpuSample): Row[] {
  const out: Row[] = [];
  const add = (text: string, tone: Tone = 'dim') => out.push([{ text, tone }]);
  if (g.smClockMHz !== null) add(`${g.smClockMHz} MHz`);
  if (g.fanPercent !== null) add(`fan ${Math.round(g.fanPercent)}%`);
  if (g.pstate) add(clean(g.pstate));
  if (g.throttle === null) add('throttling n/a');
  else if (g.throttle.length > 0) add(`throttled: ${clean(g.throttle.join(', '))}`, 'warn');
  else add('not throttled');
  if (g.mig) add('MIG is on: the driver tells no share of an instance', 'warn');
  return out;
}

/** Everything that matters of one GPU in one row, for machines with many. */
function lineOf(g: GpuSample, columns: number): Row {
  const value = (text: string, width: number): Row[number] => ({ text: alignRight(text, width), tone: 'fg' });
  const name = Math.max(4, Math.min(16, columns - 36));
  return barred(
    [
      [
        { text: `${g.index} ${alignLeft(shortName(g.name), name)}`, tone: 'title' },
        value(
          said(g.utilization, (v) => `${Math.round(v)}%`),
          5,
        ),
      ],
      [value(`${said(g.memoryUsedMiB, memory)}/${said(g.memoryTotalMiB, memory)}`, 11)],
      [
        value(
          said(g.temperatureC, (v) => `${Math.round(v)}°`),
          4,
        ),
      ],
      [
        value(
          said(g.powerW, (v) => `${Math.round(v)}W`),
          5,
        ),
      ],
      ...(g.throttle?.[0] !== undefined ? [[{ text: clean(g.throttle[0]), tone: 'warn' as const }]] : []),
    ],
    columns,
  );
}

/** Who computes on the GPUs, the largest first. */
export function processRows(processes: readonly GpuProcess[], columns: number): Row[] {
  const names: Record<NonNullable<GpuProcess['owner']>, [string, Tone]> = {
    trial: ['trial', 'live'],
    model: ['model', 'accent'],
    other: ['other', 'warn'],
  };
  const name = Math.max(6, columns - 27);
  return [...processes]
    .sort((a, b) => (b.memoryMiB ?? 0) - (a.memoryMiB ?? 0))
    .map((p) => {
      const [owner, tone] = p.owner ? names[p.owner] : ['', 'dim' as const];
      return [
        { text: alignLeft(owner, 6), tone },
        { text: alignLeft(clean(baseName(p.name)), name), tone: 'fg' },
        { text: ` pid ${alignLeft(String(p.pid), 8)}`, tone: 'dim' },
        { text: alignRight(said(p.memoryMiB, memory), 7), tone: 'fg' },
      ];
    });
}

function said(value: number | null, text: (value: number) => string): string {
  return value === null ? 'n/a' : text(value);
}

/** Every card of the vendor says this much; the rest tells them apart. */
export function shortName(name: string): string {
  return clean(name).replace(/^(NVIDIA|AMD)\s+(GeForce\s+|Radeon\s+)?/i, '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
