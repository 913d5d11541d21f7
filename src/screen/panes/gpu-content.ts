import type { Experiment, RunState } from '../../journal/state.ts';
import { clean } from '../../protocol/clean.ts';
import type { LiveState } from '../live.ts';
import type { Row, Tone } from '../spans.ts';
import { energy, memory } from '../text/format.ts';
import { barred, empty, type Inner, type PaneContent, windowed } from './content.ts';
import { type Detail, gpuRows, processRows, shortName } from './gpu-rows.ts';
import { meterRow } from './meter-rows.ts';

export interface GpuInput {
  /** The run has said what the machine has. */
  known: boolean;
  /** A run that is played again: its journal has no gauges. */
  replay?: boolean;
  /** The run is over: nobody measures the machine any more. */
  over?: boolean;
  gpus: RunState['gpus'];
  gpu: LiveState['gpu'];
  host: LiveState['host'];
  phase: LiveState['phase'];
  lease: LiveState['lease'];
  /** Drawn by the GPUs for this run so far, Wh; null = not known. */
  energyWh: number | null;
  /** Experiments that the energy was spent on. */
  experiments: number;
  /** The experiment that is looked at: what it took is told, the meters stay live. */
  past: Experiment | null;
  scroll: number;
}

/** The machine: each GPU with its histories, or CPU and RAM where there is none, which is a normal state. */
export function gpuContent(input: GpuInput, inner: Inner): PaneContent {
  const content = machine(input, inner);
  const { rows, most } = windowed(content.rows, input.scroll, inner.height);
  return {
    ...content,
    rows,
    most,
    ...(most > 0
      ? {
          foot: `${Math.min(input.scroll, most) + 1}–${Math.min(input.scroll, most) + rows.length} of ${content.rows.length}`,
        }
      : {}),
  };
}

// nvidia-smi takes a few seconds to begin; the host's samples come one a second.
const samplesToWait = 10;

function machine(input: GpuInput, inner: Inner): PaneContent {
  const { gpu, gpus } = input;
  const past = pastRows(input.past, inner);
  if (gpu && gpu.gpus.length > 0) return withGpus(input, gpu, inner, past);
  // The journal's list is of the machine and the day that the run was started on: only a sample proves a GPU.
  const late = (input.host?.history.cpu.length ?? 0) >= samplesToWait;
  if (gpus.length > 0) {
    const why = gpu?.stale
      ? clean(gpu.stale)
      : late
        ? 'No GPU answers now.'
        : 'Waiting for the first sample.';
    return {
      title: late ? 'not seen: CPU and RAM' : '',
      rows: [
        ...past,
        ...empty(inner, why, late ? ['pawl doctor looks for the reason.'] : []),
        ...(input.host ? [[], ...hostRows(input, inner)] : []),
      ],
    };
  }
  // Before the engine has spoken nobody knows what the machine has.
  if (!input.host && (input.replay || input.over))
    return {
      title: 'not recorded',
      rows: [
        ...past,
        ...empty(
          inner,
          input.replay
            ? 'A replay has no gauges: they are live only.'
            : 'The run is over; gauges are live only.',
          past.length > 0 ? [] : ['[ shows what an experiment took of the machine.'],
        ),
      ],
    };
  if (!input.host && !input.known) return { rows: empty(inner, 'Waiting for the first sample.') };
  return {
    title: 'none: CPU and RAM',
    rows: [
      ...past,
      ...hostRows(input, inner),
      ...(inner.height >= 8 ? [[]] : []),
      ...empty(inner, 'No GPU found; trials run on the CPU.', [
        'pawl doctor tells where it looked.',
        ...(inner.height >= 8 ? ['Energy is not known without a GPU.'] : []),
      ]),
    ],
  };
}

function withGpus(
  input: GpuInput,
  gpu: NonNullable<LiveState['gpu']>,
  inner: Inner,
  past: Row[],
): PaneContent {
  const { gpus, processes } = gpu;
  const several = gpus.length > 1;
  const shared = [...leaseRows(input), ...energyRow(input, gpu, inner)];
  const rest = shared.length + past.length + (gpu.stale ? 1 : 0);
  const detail = detailFor(gpus.length, inner.height - rest);
  const rows: Row[] = [...past];
  if (gpu.stale)
    rows.push([
      { text: '! ', tone: 'warn' },
      { text: `old numbers: ${clean(gpu.stale)}`, tone: 'warn' },
    ]);
  for (const sample of gpus) {
    if (several && detail !== 'line')
      rows.push([{ text: `${sample.index} ${shortName(sample.name)}`, tone: 'title', bold: true }]);
    const own = gpuRows(sample, gpu.history[sample.index], processes, inner.width, detail);
    rows.push(...(gpu.stale ? own.map(dimmed) : own));
  }
  rows.push(...shared, ...processRows(processes, inner.width));
  // Nobody listed is not nobody there.
  if (gpu.processesUnknown) rows.push([{ text: 'processes n/a: the driver does not tell', tone: 'dim' }]);
  const host = hostRows(input, inner);
  if (inner.height - rows.length > host.length) rows.push([], ...host);
  const mig = gpus.some((g) => g.mig);
  return {
    title: several ? `${gpus.length} devices` : shortName(gpus[0]!.name),
    rows,
    ...(gpu.stale
      ? { aside: 'stale' }
      : input.past
        ? { aside: mig ? 'MIG · now' : 'now' }
        : mig
          ? { aside: 'MIG' }
          : {}),
  };
}

/** As much of each as fits without scrolling; many GPUs get a line each. */
function detailFor(count: number, height: number): Detail {
  if (count === 1) return 'full';
  if (count * 8 <= height) return 'full';
  return count * 3 <= height ? 'brief' : 'line';
}

function dimmed(row: Row): Row {
  return row.map((span) => ({ text: span.text, tone: 'dim' }));
}

/** Who may use the GPU now, how it is shared, what that costs, and why. */
function leaseRows({ phase, lease }: GpuInput): Row[] {
  if (lease?.step)
    return [
      [
        { text: 'changing hands: ', tone: 'dim' },
        { text: clean(lease.step), tone: 'live' },
      ],
    ];
  const training = phase.phase === 'training' || phase.phase === 'baseline';
  const [holder, tone]: [string, Tone] = training
    ? [phase.n === 0 ? 'the baseline trial' : `the trial of #${phase.n}`, 'live']
    : phase.phase === 'proposing'
      ? ['the model', 'accent']
      : ['nobody', 'dim'];
  const rows: Row[] = [
    [
      { text: 'used by ', tone: 'dim' },
      { text: holder, tone },
    ],
  ];
  if (lease && lease.sharing !== 'none') {
    const cost =
      lease.sharing === 'swap' && lease.swapSeconds !== null ? ` ${lease.swapSeconds.toFixed(1)} s each` : '';
    rows.push([
      { text: `${lease.sharing}${cost}`, tone: 'fg' },
      { text: `: ${clean(lease.why)}`, tone: 'dim' },
    ]);
  }
  return rows;
}

function energyRow(input: GpuInput, gpu: NonNullable<LiveState['gpu']>, inner: Inner): Row[] {
  const { energyWh, experiments } = input;
  const label = { text: 'energy ', tone: 'dim' as const };
  if (energyWh === null) {
    if (gpu.gpus.every((g) => g.powerW === null))
      return [[label, { text: 'n/a: no GPU here tells its power', tone: 'dim' }]];
    return [[label, { text: 'told when the first trial has ended', tone: 'dim' }]];
  }
  return [
    barred(
      [
        [label, { text: energy(energyWh), tone: 'fg' }, { text: ' in this run', tone: 'dim' }],
        ...(experiments > 0
          ? [[{ text: `${energy(energyWh / experiments)} an experiment`, tone: 'dim' as const }]]
          : []),
      ],
      inner.width,
    ),
  ];
}

/** What a past experiment took of the machine. */
function pastRows(e: Experiment | null, inner: Inner): Row[] {
  if (!e) return [];
  const top = (pick: (t: Experiment['trials'][number]) => number | null) => {
    const values = e.trials.flatMap((t) => pick(t) ?? []);
    return values.length > 0 ? Math.max(...values) : null;
  };
  const vram = top((t) => t.peakVramMiB);
  const rss = top((t) => t.peakRssMiB);
  const spent = e.trials.flatMap((t) => t.energyWh ?? []);
  const parts: Row[] = [];
  const add = (word: string, text: string) =>
    parts.push([
      { text: `${word} `, tone: 'dim' },
      { text, tone: 'fg' },
    ]);
  if (vram !== null) add('VRAM', memory(vram));
  if (rss !== null) add('RAM', memory(rss));
  if (spent.length > 0) add('energy', energy(spent.reduce((a, b) => a + b, 0)));
  const name: Row = [{ text: `${e.n === 0 ? 'baseline' : `#${e.n}`} took at most`, tone: 'title' }];
  return [
    parts.length > 0 ? barred([name, ...parts], inner.width) : [{ text: `#${e.n} never ran`, tone: 'dim' }],
    [{ text: 'The machine now:', tone: 'dim' }],
  ];
}

function hostRows({ host }: GpuInput, inner: Inner): Row[] {
  if (!host) return [[{ text: 'Waiting for the first sample.', tone: 'dim' }]];
  const total = host.memoryTotalMiB;
  const own: Row[] = [];
  const add = (word: string, mib: number) =>
    own.push([
      { text: `${word} `, tone: 'dim' },
      { text: memory(mib), tone: 'fg' },
    ]);
  if (host.trialRssMiB !== null) add('trial', host.trialRssMiB);
  add('pawl', host.engineRssMiB);
  return [
    meterRow(
      {
        label: 'cpu',
        value: `${Math.round(host.cpu)}%`,
        share: host.cpu / 100,
        history: host.history.cpu,
        range: [0, 100],
        tone: 'accent',
      },
      inner.width,
    ),
    meterRow(
      {
        label: 'ram',
        value: memory(host.memoryUsedMiB),
        share: host.memoryUsedMiB / total,
        history: host.history.memory,
        range: [0, total],
        tone: 'accent',
        limit: `of ${memory(total)}`,
      },
      inner.width,
    ),
    barred(own, inner.width),
  ];
}
