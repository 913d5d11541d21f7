import { timeOfDay } from '../text/format.ts';
import type { XLabel } from './chart-axes.ts';
import type { ExperimentPoint } from './experiment-point.ts';
import { niceTicks } from './ticks.ts';

const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE,
);

/** Experiment numbers under the plot: the selected one, the ends, then round ones between. */
export function numberLabels(
  points: readonly ExperimentPoint[],
  columns: readonly number[],
  left: number,
  selected: number,
): XLabel[] {
  const label = (i: number, strong = false): XLabel => ({
    column: left + columns[i]!,
    text: `#${points[i]!.n}`,
    strong,
  });
  const labels: XLabel[] = [];
  if (selected >= 0) labels.push(label(selected, true));
  labels.push(label(points.length - 1), label(0));
  for (const n of niceTicks(points[0]!.n, points.at(-1)!.n, mostLabels(columns))) {
    const i = indexOfNumber(points, n);
    if (i >= 0) labels.push(label(i));
  }
  return labels;
}

/** Times of day under the plot, at round minutes or hours. */
export function timeLabels(times: readonly number[], columns: readonly number[], left: number): XLabel[] {
  const [first, last] = [times[0]!, times.at(-1)!];
  const [from, to] = [columns[0]!, columns.at(-1)!];
  const most = mostLabels(columns);
  const step = STEPS.find((ms) => (last - first) / ms <= most) ?? STEPS.at(-1)!;
  // Round for people, whose clock is not Greenwich's.
  const offset = new Date(first).getTimezoneOffset() * MINUTE;
  const labels: XLabel[] = [];
  for (let at = Math.ceil((first - offset) / step) * step + offset; at <= last; at += step)
    labels.push({
      column: left + from + Math.round(((at - first) / (last - first || 1)) * (to - from)),
      text: timeOfDay(new Date(at).toISOString()),
    });
  return labels;
}

function mostLabels(columns: readonly number[]): number {
  return Math.max(2, Math.floor(((columns.at(-1) ?? 0) - (columns[0] ?? 0)) / 12));
}

/** Place of the point with that number, -1 for none; the numbers ascend. */
export function indexOfNumber(points: readonly ExperimentPoint[], n: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.n < n) low = middle + 1;
    else high = middle;
  }
  return points[low]?.n === n ? low : -1;
}
