import type { Row } from '../spans.ts';
import { type BestStep, bestSteps, drawBestLine, drawNoiseBand } from './best-line.ts';
import { bucketPoints, type Spot } from './bucket-points.ts';
import { CellGrid } from './cell-grid.ts';
import { drawXLabels, drawYAxis, yAxis } from './chart-axes.ts';
import { type ExperimentPoint, type PointKind, standsBelow } from './experiment-point.ts';
import { experimentsRange } from './experiments-range.ts';
import { type ChartGlyphs, chartGlyphs, drawable, type GlyphSet } from './glyphs.ts';
import { indexOfNumber, numberLabels, timeLabels } from './number-axis.ts';
import { pointColumns, timeColumns } from './point-columns.ts';
import { type PointLabel, placeLabels } from './point-labels.ts';
import { drawMarks } from './point-marks.ts';
import { place, type YScale, yScale } from './y-scale.ts';

export interface ExperimentsChartInput {
  /** Their numbers ascend. */
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
  /** False for a number that nothing is judged by: the line then follows the champion instead of the best. */
  judged?: boolean;
  /** A bound that values must keep, such as a guard's, drawn as a dashed line. */
  limit?: number | null;
  log?: boolean;
  /** Points stand at their times, not at their numbers. */
  byTime?: boolean;
  glyphs?: GlyphSet;
}

export type { ExperimentPoint, PointKind };

/** Below this width only the newest kept point has a label. */
const WIDTH_FOR_ALL_LABELS = 62;
const MOST_LABELS = 24;

/**
 * The experiments of a run as Karpathy's progress chart: a marker per experiment, the running best as a step line, the
 * noise around it. Exactly `height` rows of exactly `width` cells, for any input.
 */
export function experimentsChart(input: ExperimentsChartInput): Row[] {
  const { points, direction } = input;
  const grid = new CellGrid(input.width, input.height);
  const bottomRow = grid.height >= 3 && points.some(standsBelow);
  const labelsRow = grid.height >= 6 && grid.width >= 24;
  const rows = grid.height - Number(bottomRow) - Number(labelsRow);
  if (rows < 1 || grid.width < 1 || points.length === 0) return grid.rows();

  const range = experimentsRange(points, direction, input.sigma);
  const scale = yScale(range?.low ?? 0, range?.high ?? 1, rows, input.log);
  const glyphs = chartGlyphs[input.glyphs ?? 'unicode'];
  const noneRow = bottomRow ? rows : null;
  const left = drawAxes(grid, scale, glyphs, noneRow, range !== null);
  const times = input.byTime ? points.map((point) => point.at ?? 0) : null;
  const columns = times
    ? timeColumns(times, grid.width - left)
    : pointColumns(points.length, grid.width - left);
  const last = columns.at(-1) ?? 0;
  const steps = bestSteps(points, columns, input.judged === false ? null : direction);
  const selected = input.selected === null ? -1 : indexOfNumber(points, input.selected);
  const better = (a: number, b: number) => (direction === 'minimize' ? a < b : a > b);
  const spots = bucketPoints(points, columns, better, selected);

  if (input.sigma !== null && Number.isFinite(input.sigma))
    drawNoiseBand(grid, steps, Math.abs(input.sigma), scale, left, last, glyphs);
  drawLimit(grid, input.limit ?? null, scale, left, glyphs);
  drawBestLine(grid, steps, scale, left, last, glyphs);
  const level = steps.at(-1)?.value;
  const marks = drawMarks(grid, spots, scale, { left, noneRow, glyphs, level });
  placeLabels(grid, labelsOf(input, spots, marks, steps, left), {
    left,
    right: grid.width,
    rows: rows + Number(bottomRow),
    better: direction === 'minimize' ? 1 : -1,
    ellipsis: glyphs.ellipsis,
  });
  if (selected >= 0) {
    const x = left + columns[selected]!;
    for (let y = 0; y < rows + Number(bottomRow); y++) grid.decorate(x, y, glyphs.guide, { tone: 'focus' });
    const spot = marks[spots.findIndex(({ index }) => index === selected)];
    if (spot !== null && spot !== undefined) grid.restyle(x, spot, { inverse: true, bold: true });
  }
  if (labelsRow) {
    const labels = times ? timeLabels(times, columns, left) : numberLabels(points, columns, left, selected);
    drawXLabels(grid, labels, grid.height - 1, left);
  }
  return grid.rows();
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

function drawLimit(
  grid: CellGrid,
  limit: number | null,
  scale: YScale,
  left: number,
  glyphs: ChartGlyphs,
): void {
  if (limit === null || !Number.isFinite(limit)) return;
  const { row, clipped } = place(scale, limit);
  if (clipped) return;
  for (let x = left; x < grid.width; x++) grid.decorate(x, row, glyphs.limit, { tone: 'warn' });
}

// The champion first, then the others by how much they gained: what is chosen and shown must not jump about when one
// walks along the points, or when a small gain comes.
function labelsOf(
  input: ExperimentsChartInput,
  spots: readonly Spot[],
  marks: readonly (number | null)[],
  steps: readonly BestStep[],
  left: number,
): PointLabel[] {
  const gains = new Map(
    steps.map(({ column, value }, i) => [column, Math.abs(value - (steps[i - 1]?.value ?? value))]),
  );
  const kept: { at: number; gain: number }[] = [];
  spots.forEach(({ point, column }, at) => {
    if (point.kind === 'kept' && point.label && marks[at] !== null)
      kept.push({ at, gain: gains.get(column) ?? 0 });
  });
  const newest = kept.at(-1);
  kept.sort((a, b) => Number(b === newest) - Number(a === newest) || b.gain - a.gain || a.at - b.at);
  const most = input.width < WIDTH_FOR_ALL_LABELS ? 1 : MOST_LABELS;
  return kept.slice(0, most).map(({ at }) => {
    const { point, column } = spots[at]!;
    const chosen = point.n === input.selected;
    return {
      x: left + column,
      y: marks[at]!,
      // With its number: near a corner of the line it could be its neighbour's.
      text: `#${point.n} ${drawable(point.label!, input.glyphs ?? 'unicode').trim()}`,
      style: chosen ? { tone: 'focus', bold: true } : { tone: 'fg' },
    };
  });
}
