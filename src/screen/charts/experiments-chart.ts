import type { Row, Tone } from '../spans.ts';
import { bestSteps, drawBestLine, drawNoiseBand } from './best-line.ts';
import { CellGrid } from './cell-grid.ts';
import { drawXLabels, drawYAxis, type XLabel, yAxis } from './chart-axes.ts';
import type { ExperimentPoint, PointKind } from './experiment-point.ts';
import { experimentsRange } from './experiments-range.ts';
import { type ChartGlyphs, chartGlyphs, drawable, type GlyphSet } from './glyphs.ts';
import { pointColumns } from './point-columns.ts';
import { type PointLabel, placeLabels } from './point-labels.ts';
import { niceTicks } from './ticks.ts';
import { place, type YScale, yScale } from './y-scale.ts';

export interface ExperimentsChartInput {
  points: readonly ExperimentPoint[];
  direction: 'minimize' | 'maximize';
  /** Cells. */
  width: number;
  /** Rows. */
  height: number;
  /** Noise of one trial in the metric's units, or null while unknown. */
  sigma: number | null;
  /** Number `n` of the selected experiment, or null. */
  selected: number | null;
  log?: boolean;
  glyphs?: GlyphSet;
}

export type { ExperimentPoint, PointKind };

/** Below this width only the selected and the newest kept point have a label. */
const WIDTH_FOR_ALL_LABELS = 76;

const TONES: Readonly<Record<PointKind, Tone>> = {
  baseline: 'accent',
  kept: 'kept',
  reverted: 'warn',
  discarded: 'discarded',
  crashed: 'crashed',
  'timed-out': 'crashed',
  rejected: 'dim',
  skipped: 'dim',
  live: 'live',
};

// What wins where points fall into the same cell.
const RANK: Readonly<Record<PointKind, number>> = {
  discarded: 0,
  skipped: 1,
  rejected: 1,
  'timed-out': 2,
  crashed: 2,
  reverted: 3,
  baseline: 4,
  kept: 5,
  live: 6,
};

/**
 * The experiments of a run as Karpathy's progress chart: a marker per experiment, the running best as a step line, the
 * noise around it. Exactly `height` rows of exactly `width` cells, for any input.
 */
export function experimentsChart(input: ExperimentsChartInput): Row[] {
  const grid = new CellGrid(input.width, input.height);
  const range = experimentsRange(input.points, input.direction, input.sigma);
  const bottomRow = grid.height >= 3 && input.points.some(standsBelow);
  const numbersRow = grid.height >= 6 && grid.width >= 24;
  const rows = grid.height - Number(bottomRow) - Number(numbersRow);
  if (rows < 1 || grid.width < 1 || input.points.length === 0) return grid.rows();

  const scale = yScale(range?.low ?? 0, range?.high ?? 1, rows, input.log);
  const glyphs = chartGlyphs[input.glyphs ?? 'unicode'];
  const noneRow = bottomRow ? rows : null;
  const left = drawAxes(grid, scale, glyphs, noneRow, range !== null);
  const columns = pointColumns(input.points.length, grid.width - left);
  const last = columns.at(-1) ?? 0;
  const steps = bestSteps(input.points, columns, input.direction);

  const selected = input.points.findIndex((point) => point.n === input.selected);
  drawBestLine(grid, steps, scale, left, last, glyphs);
  const spots = drawPoints(grid, input.points, columns, scale, {
    left,
    noneRow,
    glyphs,
    level: steps.at(-1)?.value,
  });
  if (selected >= 0) {
    const x = left + columns[selected]!;
    for (let y = 0; y < rows + Number(bottomRow); y++) grid.decorate(x, y, glyphs.guide, { tone: 'focus' });
    const spot = spots[selected];
    if (spot !== null && spot !== undefined) grid.restyle(x, spot, { inverse: true, bold: true });
  }
  placeLabels(grid, labelsOf(input, spots, columns, left, selected), {
    left,
    right: grid.width,
    rows: rows + Number(bottomRow),
    better: input.direction === 'minimize' ? 1 : -1,
    ellipsis: glyphs.ellipsis,
  });
  if (input.sigma !== null && Number.isFinite(input.sigma)) {
    drawNoiseBand(grid, steps, Math.abs(input.sigma), scale, left, last, glyphs);
  }
  if (numbersRow) drawXLabels(grid, numberLabels(input, columns, left, selected), grid.height - 1, left);
  return grid.rows();
}

// What ended without a value stands on the row under the plot; the running one may still get one.
function standsBelow({ kind, metric }: ExperimentPoint): boolean {
  return kind === 'crashed' || kind === 'timed-out' || (!Number.isFinite(metric) && kind !== 'live');
}

// Draws the y axis; returns how many cells it takes. Narrow charts go without.
function drawAxes(
  grid: CellGrid,
  scale: YScale,
  glyphs: ChartGlyphs,
  noneRow: number | null,
  labelled: boolean,
): number {
  if (grid.width < 24) return 0;
  const axis = labelled ? yAxis(scale, noneRow === null ? 0 : 4) : { gutter: 5, labels: [] };
  drawYAxis(grid, axis, scale.rows + Number(noneRow !== null), glyphs);
  if (noneRow !== null) grid.write(axis.gutter - 5, noneRow, 'none', { tone: 'dim' });
  return axis.gutter;
}

interface PointSpace {
  left: number;
  noneRow: number | null;
  glyphs: ChartGlyphs;
  /** The running best at the end: where a point without a value of its own is shown. */
  level: number | undefined;
}

// Draws the markers and returns the row of each point, null for one that could not be placed.
function drawPoints(
  grid: CellGrid,
  points: readonly ExperimentPoint[],
  columns: readonly number[],
  scale: YScale,
  { left, noneRow, glyphs, level }: PointSpace,
): (number | null)[] {
  const taken = new Map<string, { rank: number; count: number }>();
  return points.map(({ kind, metric }, i) => {
    const x = left + columns[i]!;
    let row: number;
    let mark = glyphs.marks[kind];
    if (standsBelow(points[i]!)) {
      if (noneRow === null) return null;
      row = noneRow;
    } else {
      // The running one waits at the best; before anything is measured there is no place for it.
      const value = Number.isFinite(metric) ? (metric as number) : level;
      if (value === undefined) return null;
      const { row: at, clipped } = place(scale, value);
      row = at;
      if (clipped && kind !== 'kept') mark = clipped === 'above' ? glyphs.above : glyphs.below;
    }
    const key = `${x},${row}`;
    const before = taken.get(key);
    const count = (before?.count ?? 0) + 1;
    if (!before || RANK[kind] >= before.rank) {
      if (kind === 'discarded' && mark === glyphs.marks.discarded)
        mark = glyphs.density[Math.min(3, count) - 1]!;
      grid.put(x, row, mark, { tone: TONES[kind], bold: RANK[kind] >= RANK.baseline });
      taken.set(key, { rank: RANK[kind], count });
    } else taken.set(key, { rank: before.rank, count });
    return row;
  });
}

// The selected point first, then the kept ones from the newest back.
function labelsOf(
  input: ExperimentsChartInput,
  spots: readonly (number | null)[],
  columns: readonly number[],
  left: number,
  selected: number,
): PointLabel[] {
  const labels: PointLabel[] = [];
  const add = (i: number) => {
    const { label } = input.points[i]!;
    const y = spots[i];
    if (!label || y === null || y === undefined) return;
    const text = drawable(label, input.glyphs ?? 'unicode').trim();
    const style = i === selected ? ({ tone: 'focus', bold: true } as const) : ({ tone: 'fg' } as const);
    labels.push({ x: left + columns[i]!, y, text, style });
  };
  if (selected >= 0) add(selected);
  for (let i = input.points.length - 1; i >= 0; i--) {
    if (input.points[i]!.kind !== 'kept' || i === selected) continue;
    add(i);
    if (input.width < WIDTH_FOR_ALL_LABELS) break;
  }
  return labels;
}

// Experiment numbers: the selected one, the ends, then round ones between.
function numberLabels(
  input: ExperimentsChartInput,
  columns: readonly number[],
  left: number,
  selected: number,
): XLabel[] {
  const { points } = input;
  const label = (i: number, strong = false): XLabel => ({
    column: left + columns[i]!,
    text: `#${points[i]!.n}`,
    strong,
  });
  const labels: XLabel[] = [];
  if (selected >= 0) labels.push(label(selected, true));
  labels.push(label(points.length - 1), label(0));
  const indexOf = new Map(points.map((point, i) => [point.n, i]));
  const most = Math.max(2, Math.floor(((columns.at(-1) ?? 0) - (columns[0] ?? 0)) / 12));
  for (const n of niceTicks(points[0]!.n, points.at(-1)!.n, most)) {
    const i = indexOf.get(n);
    if (i !== undefined) labels.push(label(i));
  }
  return labels;
}
