import type { RunState } from '../../journal/state.ts';
import type { GpuSample } from '../../protocol/pulse.ts';
import { sparkline } from '../charts/sparkline.ts';
import { gauge } from '../gauge.ts';
import type { GpuHistory, LiveState } from '../live.ts';
import type { Row, Tone } from '../spans.ts';
import { clean } from '../text/clean.ts';
import { alignLeft, alignRight } from '../text/cut.ts';
import { memory } from '../text/format.ts';
import { barred, empty, type Inner, type PaneContent } from './content.ts';

export interface GpuInput {
  gpus: RunState['gpus'];
  gpu: LiveState['gpu'];
  host: LiveState['host'];
  phase: LiveState['phase'];
  lease: LiveState['lease'];
}

/** The machine: each GPU with its histories, or CPU and RAM where there is none, which is a normal state. */
export function gpuContent(input: GpuInput, inner: Inner): PaneContent {
  const { gpu, gpus } = input;
  if (gpu && gpu.gpus.length > 0) return withGpus(input, gpu, inner);
  // The journal's list is of the machine and the day that the run was started on: only a sample proves a GPU.
  const late = (input.host?.history.cpu.length ?? 0) >= samplesToWait;
  if (gpus.length > 0)
    return {
      title: late ? 'not seen: CPU and RAM' : '',
      rows: [
        ...empty(
          inner,
          gpu?.stale ? clean(gpu.stale) : late ? 'No GPU answers now.' : 'Waiting for the first sample.',
        ),
        [],
        ...hostRows(input, inner),
      ],
    };
  return {
    title: 'none: CPU and RAM',
    rows: [
      ...hostRows(input, inner),
      [],
      ...empty(inner, 'No GPU found; trials run on the CPU.', [
        'Looked for nvidia-smi, AMD in /sys, and PCI.',
      ]),
    ].slice(0, inner.height),
  };
}

// nvidia-smi takes a few seconds to begin; the host's samples come one a second.
const samplesToWait = 10;

function withGpus(input: GpuInput, gpu: NonNullable<LiveState['gpu']>, inner: Inner): PaneContent {
  const rows: Row[] = [];
  if (gpu.stale) rows.push([{ text: `! ${clean(gpu.stale)}`, tone: 'warn' }]);
  const several = gpu.gpus.length > 1;
  for (const sample of gpu.gpus) {
    if (several) rows.push([{ text: `${sample.index} ${shortName(sample.name)}`, tone: 'title' }]);
    rows.push(...gpuRows(sample, gpu.history[sample.index], inner, several));
  }
  rows.push(leaseRow(input.phase, input.lease));
  if (input.lease && input.lease.sharing !== 'none') rows.push(sharingRow(input.lease));
  for (const process of gpu.processes)
    rows.push([
      { text: alignLeft(clean(baseName(process.name)), Math.max(8, inner.width - 22)), tone: 'fg' },
      { text: ` pid ${alignLeft(String(process.pid), 8)}`, tone: 'dim' },
      { text: alignRight(memory(process.memoryMiB), 7), tone: 'fg' },
    ]);
  if (inner.height - rows.length >= 3) rows.push([], ...hostRows(input, inner));
  const first = gpu.gpus[0]!;
  return {
    title: several ? `${gpu.gpus.length} devices` : shortName(first.name),
    rows: rows.slice(0, inner.height),
    ...(first.mig ? { aside: 'MIG' } : {}),
  };
}

function gpuRows(g: GpuSample, history: GpuHistory | undefined, inner: Inner, brief: boolean): Row[] {
  const used = g.memoryUsedMiB;
  const total = g.memoryTotalMiB;
  const rows: Row[] = [
    meter(
      'util',
      g.utilization === null ? '–' : `${Math.round(g.utilization)}%`,
      g.utilization === null ? null : g.utilization / 100,
      history?.utilization ?? [],
      [0, 100],
      inner.width,
      'accent',
    ),
    meter(
      'mem',
      memory(used),
      used === null || !total ? null : used / total,
      history?.memory ?? [],
      [0, total ?? 1],
      inner.width,
      'accent',
      total ? `of ${memory(total)}` : '',
    ),
  ];
  if (!brief && g.powerW !== null)
    rows.push(
      meter(
        'power',
        `${Math.round(g.powerW)}W`,
        g.powerLimitW ? g.powerW / g.powerLimitW : null,
        history?.power ?? [],
        [0, g.powerLimitW ?? 500],
        inner.width,
        'live',
        g.powerLimitW ? `of ${Math.round(g.powerLimitW)}W` : '',
      ),
    );
  if (!brief && g.temperatureC !== null)
    rows.push(
      meter(
        'temp',
        `${Math.round(g.temperatureC)}°`,
        g.temperatureC / 100,
        history?.temperature ?? [],
        [20, 100],
        inner.width,
        g.temperatureC >= 85 ? 'crashed' : 'live',
      ),
    );
  const facts: Row[] = [];
  if (g.smClockMHz !== null) facts.push([{ text: `${g.smClockMHz} MHz`, tone: 'dim' }]);
  if (g.fanPercent !== null) facts.push([{ text: `fan ${Math.round(g.fanPercent)}%`, tone: 'dim' }]);
  facts.push(
    g.throttle.length > 0
      ? [{ text: `throttled: ${clean(g.throttle.join(', '))}`, tone: 'warn' }]
      : [{ text: 'not throttled', tone: 'dim' }],
  );
  rows.push(barred(facts, inner.width));
  return rows;
}

/** Who may use the GPU now. */
function leaseRow(phase: LiveState['phase'], lease: LiveState['lease']): Row {
  if (lease?.step)
    return [
      { text: 'changing hands: ', tone: 'dim' },
      { text: clean(lease.step), tone: 'live' },
    ];
  const [holder, tone]: [string, Tone] =
    phase.phase === 'training' || phase.phase === 'baseline'
      ? [phase.n === 0 ? 'the baseline trial' : `the trial of #${phase.n}`, 'live']
      : phase.phase === 'proposing'
        ? ['the model', 'accent']
        : ['nobody', 'dim'];
  return [
    { text: 'used by ', tone: 'dim' },
    { text: holder, tone },
  ];
}

/** How the GPU is shared, what that costs, and why. */
function sharingRow({ sharing, why, swapSeconds }: NonNullable<LiveState['lease']>): Row {
  const cost = sharing === 'swap' && swapSeconds !== null ? ` ${swapSeconds.toFixed(1)} s each` : '';
  return [
    { text: `${sharing}${cost}`, tone: 'fg' },
    { text: `: ${clean(why)}`, tone: 'dim' },
  ];
}

function hostRows({ host }: GpuInput, inner: Inner): Row[] {
  if (!host) return [[{ text: 'Waiting for the first sample.', tone: 'dim' }]];
  const total = host.memoryTotalMiB;
  const own: Row[] = [];
  if (host.trialRssMiB !== null)
    own.push([
      { text: 'trial ', tone: 'dim' },
      { text: memory(host.trialRssMiB), tone: 'fg' },
    ]);
  own.push([
    { text: 'pawl ', tone: 'dim' },
    { text: memory(host.engineRssMiB), tone: 'fg' },
  ]);
  return [
    meter(
      'cpu',
      `${Math.round(host.cpu)}%`,
      host.cpu / 100,
      host.history.cpu,
      [0, 100],
      inner.width,
      'accent',
    ),
    meter(
      'ram',
      memory(host.memoryUsedMiB),
      host.memoryUsedMiB / total,
      host.history.memory,
      [0, total],
      inner.width,
      'accent',
      `of ${memory(total)}`,
    ),
    barred(own, inner.width),
  ];
}

/** `util  97% ▓▓▓▓░ ⣿⣶⣤`: label, value, share, then the last two minutes. */
function meter(
  label: string,
  value: string,
  share: number | null,
  history: (number | null)[],
  [min, max]: [number, number],
  columns: number,
  tone: Tone,
  limit = '',
): Row {
  const head = 5 + 1 + 6;
  const after = 9;
  const place = columns - head - after - 2;
  const barWidth = Math.max(4, Math.min(14, Math.floor(place * 0.42)));
  const sparkWidth = Math.max(0, place - barWidth - 1);
  return [
    { text: alignLeft(label, 6), tone: 'dim' },
    { text: alignRight(value, 5), tone: 'fg', bold: true },
    { text: ' ', tone: 'fg' },
    ...gauge(share, barWidth, tone),
    { text: ` ${alignLeft(limit, after)} `, tone: 'dim' },
    {
      text:
        sparkWidth > 3
          ? alignRight(sparkline(history.slice(-60), sparkWidth, { min, max: max * headroom }), sparkWidth)
          : '',
      tone: 'dim',
    },
  ];
}

// The rows lie on top of each other: a full column would grow into the row above it.
const headroom = 1.2;

/** Every card of the vendor says this much; the rest tells them apart. */
function shortName(name: string): string {
  return clean(name).replace(/^(NVIDIA|AMD)\s+(GeForce\s+|Radeon\s+)?/i, '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
