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
  discarded: 'discarded',
  crashed: 'crashed',
  skipped: 'dim',
  live: 'live',
};

// What wins where points fall into the same cell.
const RANK: Readonly<Record<PointKind, number>> = {
  discarded: 0,
  skipped: 1,
  crashed: 2,
  baseline: 3,
  kept: 4,
  live: 5,
};

/**
 * The experiments of a run as Karpathy's progress chart: a marker per experiment, the running best as a step line, the
 * noise around it. Exactly `height` rows of exactly `width` cells, for any input.
 */
export function experimentsChart(input: ExperimentsChartInput): Row[] {
  const grid = new CellGrid(input.width, input.height);
  const range = experimentsRange(input.points, input.direction, input.sigma);
  const level = latestBest(input);
  const bottomRow = grid.height >= 3 && input.points.some((point) => standsBelow(point, level));
  const numbersRow = grid.height >= 6 && grid.width >= 24;
  const rows = grid.height - Number(bottomRow) - Number(numbersRow);
  if (rows < 1 || grid.width < 1 || input.points.length === 0) return grid.rows();

  const scale = yScale(range?.low ?? 0, range?.high ?? 1, rows, input.log);
  const glyphs = chartGlyphs[input.glyphs ?? 'unicode'];
  const crashRow = bottomRow ? rows : null;
  const left = drawAxes(grid, scale, glyphs, crashRow, range !== null);
  const columns = pointColumns(input.points.length, grid.width - left);
  const last = columns.at(-1) ?? 0;
  const steps = bestSteps(input.points, columns, input.direction);

  const selected = input.points.findIndex((point) => point.n === input.selected);
  drawBestLine(grid, steps, scale, left, last, glyphs);
  if (input.sigma !== null && Number.isFinite(input.sigma)) {
    drawNoiseBand(grid, steps, Math.abs(input.sigma), scale, left, last, glyphs);
  }
  const spots = drawPoints(grid, input.points, columns, scale, {
    left,
    crashRow,
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
  if (numbersRow) drawXLabels(grid, numberLabels(input, columns, left, selected), grid.height - 1, left);
  return grid.rows();
}

function latestBest({ points, direction }: ExperimentsChartInput): number | undefined {
  return bestSteps(points, [], direction).at(-1)?.value;
}

// A crash, and whatever else has no value, stands on the row under the plot; only the running one waits at the best.
function standsBelow({ kind, metric }: ExperimentPoint, level: number | undefined): boolean {
  if (kind === 'crashed') return true;
  return !Number.isFinite(metric) && (kind !== 'live' || level === undefined);
}

// Draws the y axis; returns how many cells it takes. Narrow charts go without.
function drawAxes(
  grid: CellGrid,
  scale: YScale,
  glyphs: ChartGlyphs,
  crashRow: number | null,
  labelled: boolean,
): number {
  if (grid.width < 24) return 0;
  const axis = labelled ? yAxis(scale, crashRow === null ? 0 : 5) : { gutter: 6, labels: [] };
  drawYAxis(grid, axis, scale.rows + Number(crashRow !== null), glyphs);
  if (crashRow !== null) grid.write(axis.gutter - 6, crashRow, 'crash', { tone: 'dim' });
  return axis.gutter;
}

interface PointSpace {
  left: number;
  crashRow: number | null;
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
  { left, crashRow, glyphs, level }: PointSpace,
): (number | null)[] {
  const taken = new Map<string, { rank: number; count: number }>();
  return points.map(({ kind, metric }, i) => {
    const x = left + columns[i]!;
    let row: number;
    let mark = glyphs.marks[kind];
    if (standsBelow(points[i]!, level)) {
      if (crashRow === null) return null;
      row = crashRow;
    } else {
      const { row: at, clipped } = place(scale, Number.isFinite(metric) ? (metric as number) : level!);
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
