import type { GpuProcess, GpuSample } from '../../protocol/pulse.ts';
import type { Row, Tone } from '../spans.ts';
import { memory } from '../text/format.ts';

/** Who holds how much of a GPU's memory, MiB. `unsaid`: in use, and the driver does not tell by whom. */
export interface MemorySplit {
  trial: number;
  model: number;
  other: number;
  unsaid: number;
  free: number;
  total: number;
}

/** Less than this is what drivers round. MiB */
const traceMiB = 64;

/** Takes a GPU's memory apart by its processes; null when the GPU does not say how much it has. */
export function splitMemory(gpu: GpuSample, processes: readonly GpuProcess[]): MemorySplit | null {
  const { memoryTotalMiB: total, memoryUsedMiB: used } = gpu;
  if (total === null || used === null || total <= 0) return null;
  const split = { trial: 0, model: 0, other: 0, unsaid: 0, free: 0, total };
  for (const p of processes)
    if ((gpu.uuid === null || p.gpuUuid === gpu.uuid) && p.memoryMiB !== null)
      split[p.owner ?? 'other'] += p.memoryMiB;
  const told = split.trial + split.model + split.other;
  split.unsaid = Math.max(0, used - told);
  if (told > 0 && split.unsaid < traceMiB) split.unsaid = 0;
  split.free = gpu.memoryFreeMiB ?? Math.max(0, total - Math.max(used, told));
  return split;
}

// Told apart by shape where there is no colour.
const looks: [keyof Pick<MemorySplit, 'trial' | 'model' | 'other' | 'unsaid'>, string, string, Tone][] = [
  ['trial', 'trial', '━', 'live'],
  ['model', 'model', '═', 'accent'],
  ['other', 'others', '╍', 'warn'],
  ['unsaid', 'in use', '┅', 'fg'],
];

/** The split as one line of exactly `columns` columns; each part that is there gets at least one. */
export function splitBar(split: MemorySplit, columns: number): Row {
  const row: Row = [];
  let left = columns;
  for (const [key, , glyph, tone] of looks) {
    const mib = split[key];
    if (mib < traceMiB / 4) continue;
    const cells = Math.min(left, Math.max(1, Math.round((mib / split.total) * columns)));
    if (cells > 0) row.push({ text: glyph.repeat(cells), tone });
    left -= cells;
  }
  return [...row, { text: '─'.repeat(Math.max(0, left)), tone: 'border' }];
}

/** `━ trial 18.2G`, `═ model 2.1G`, ...: one part each. */
export function splitLegend(split: MemorySplit): Row[] {
  const parts = looks.flatMap(([key, word, glyph, tone]): Row[] =>
    split[key] < traceMiB / 4
      ? []
      : [
          [
            { text: `${glyph} `, tone },
            { text: `${word} `, tone: 'dim' },
            { text: memory(split[key]), tone: 'fg' },
          ],
        ],
  );
  return [
    ...parts,
    [
      { text: 'free ', tone: 'dim' },
      { text: memory(split.free), tone: 'fg' },
    ],
  ];
}
