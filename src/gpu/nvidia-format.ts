import type { GpuProcess, GpuSample } from '../protocol/pulse.ts';

// What `nvidia-smi --format=csv,noheader,nounits` prints, read so that a number is only ever a number that the
// driver printed. Pure: no processes, no clock.

const everything: readonly string[] = [
  'index',
  'uuid',
  'name',
  'pstate',
  'utilization.gpu',
  'utilization.memory',
  'memory.total',
  'memory.used',
  'memory.free',
  'temperature.gpu',
  'power.draw',
  'power.limit',
  'clocks.current.sm',
  'fan.speed',
  'clocks_event_reasons.active',
  'mig.mode.current',
];

/**
 * Field lists to ask for, best first: one unknown field makes the driver refuse the whole query.
 * The second is for drivers that know the clock reasons by their old name only; the values are the same.
 */
export const fieldLadder: readonly (readonly string[])[] = [
  everything,
  everything.map((field) => field.replace('clocks_event_reasons', 'clocks_throttle_reasons')),
  [
    'index',
    'name',
    'utilization.gpu',
    'memory.total',
    'memory.used',
    'memory.free',
    'temperature.gpu',
    'power.draw',
  ],
];

/** Fields of the second query: who computes on the GPUs. */
export const computeAppFields: readonly string[] = ['gpu_uuid', 'pid', 'process_name', 'used_memory'];

/** Bit of the clock reasons -> plain words. Bit 0 (idle) is no throttling, so it has no words. */
const reasonWords: readonly (readonly [bigint, string])[] = [
  [0x2n, 'fixed clocks'],
  [0x4n, 'power cap'],
  [0x10n, 'sync boost'],
  [0x20n, 'thermal (software)'],
  [0x40n, 'thermal (hardware)'],
  [0x80n, 'power brake'],
  [0x100n, 'display clocks'],
];
const hardwareSlowdown = 0x8n;
const hardwareCauses = 0x40n | 0x80n;

/**
 * Words for `clocks_event_reasons.active`, a hex mask such as `0x0000000000000004`.
 * Anything else (`[N/A]`, `Not Active`, a field that was not asked for) is no information: null.
 */
export function throttleWords(mask: string): string[] | null {
  if (!/^0x[0-9a-f]{1,16}$/i.test(mask)) return null;
  const bits = BigInt(mask);
  const words = reasonWords.filter(([bit]) => (bits & bit) !== 0n).map(([, word]) => word);
  // The slowdown bit accompanies its cause; alone it is all that is known.
  if ((bits & hardwareSlowdown) !== 0n && (bits & hardwareCauses) === 0n) words.push('hardware slowdown');
  return words;
}

/**
 * The number of one cell, with or without its unit; null for every way in which the driver says that it has none
 * (`[N/A]`, `N/A`, `[Not Supported]`, `[Unknown Error]`, `[Insufficient Permissions]`, `[GPU requires reset]`, ...).
 */
export function cellNumber(cell: string | undefined): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(?: ?(?:%|MiB|W|MHz|C))?$/.exec(cell ?? '');
  return match ? Number(match[1]) : null;
}

/** The text of one cell, or null where the driver says that it has none. */
function cellText(cell: string | undefined): string | null {
  if (cell === undefined || cell === '' || cell === 'N/A' || /^\[.*\]$/.test(cell)) return null;
  return cell;
}

const percent = (cell: string | undefined): number | null => {
  const value = cellNumber(cell);
  return value !== null && value <= 100 ? value : null;
};

/**
 * Splits at commas, with the one free-text column taken as what the columns on both sides leave over:
 * names may hold commas. Null when there are too few columns.
 */
function splitAround(line: string, columns: number, freeText: number): string[] | null {
  const parts = line.split(',');
  const extra = parts.length - columns;
  if (extra < 0) return null;
  return [
    ...parts.slice(0, freeText),
    parts.slice(freeText, freeText + extra + 1).join(','),
    ...parts.slice(freeText + extra + 1),
  ].map((part) => part.trim());
}

/** One row of `--query-gpu` with these fields (a rung of `fieldLadder`); null when the line is not such a row. */
export function parseGpuRow(line: string, fields: readonly string[]): GpuSample | null {
  const cells = splitAround(line, fields.length, fields.indexOf('name'));
  if (!cells) return null;
  const cell = (field: string): string | undefined => {
    const at = fields.indexOf(field);
    return at < 0 ? undefined : cells[at];
  };
  const index = cell('index') ?? '';
  const uuid = cellText(cell('uuid'));
  const name = cell('name') ?? '';
  // A row is told from prose with commas by what stands in its first columns.
  if (!/^\d{1,3}$/.test(index) || name === '' || (uuid !== null && !/^(GPU|MIG)-/.test(uuid))) return null;
  const pstate = cellText(cell('pstate'));
  if (pstate !== null && !/^P\d{1,2}$/.test(pstate)) return null;
  return {
    index: Number(index),
    uuid,
    name: cellText(name) ?? 'NVIDIA GPU',
    utilization: percent(cell('utilization.gpu')),
    memoryUtilization: percent(cell('utilization.memory')),
    memoryTotalMiB: cellNumber(cell('memory.total')),
    memoryUsedMiB: cellNumber(cell('memory.used')),
    memoryFreeMiB: cellNumber(cell('memory.free')),
    temperatureC: cellNumber(cell('temperature.gpu')),
    powerW: cellNumber(cell('power.draw')),
    powerLimitW: cellNumber(cell('power.limit')),
    smClockMHz: cellNumber(cell('clocks.current.sm')),
    fanPercent: percent(cell('fan.speed')),
    pstate,
    throttle: throttleWords(
      cell('clocks_event_reasons.active') ?? cell('clocks_throttle_reasons.active') ?? '',
    ),
    mig: cell('mig.mode.current') === 'Enabled',
  };
}

/** One row of `--query-compute-apps`; null when the line is not such a row. Under WDDM memory is null. */
export function parseComputeAppRow(line: string): GpuProcess | null {
  const cells = splitAround(line, computeAppFields.length, computeAppFields.indexOf('process_name'));
  if (!cells) return null;
  const [gpuUuid, pid, name, memory] = cells;
  if (!gpuUuid || !/^(GPU|MIG)-[\w/-]+$/.test(gpuUuid) || !pid || !/^\d{1,10}$/.test(pid)) return null;
  // `[Not Found]`: the process lives in another container; `[Insufficient Permissions]`: it is another user's.
  return { gpuUuid, pid: Number(pid), name: cellText(name) ?? 'unknown', memoryMiB: cellNumber(memory) };
}
