const MOST_CELLS_PER_POINT = 8;

/**
 * The column of each of `count` points in a plot of `width` cells. Few points are spread, evenly and not too far; more
 * points than cells share columns.
 */
export function pointColumns(count: number, width: number): readonly number[] {
  if (last.count !== count || last.width !== width)
    last = { count, width, columns: evenColumns(count, width) };
  return last.columns;
}

// The same experiments are drawn many times over.
let last: { count: number; width: number; columns: readonly number[] } = { count: 0, width: 0, columns: [] };

function evenColumns(count: number, width: number): number[] {
  if (count <= 0 || width <= 0) return [];
  if (count > width) return Array.from({ length: count }, (_, i) => Math.floor((i * width) / count));
  // One cell is left before the first point when there is room: a marker on the axis is hard to read.
  const pitch = count === 1 ? 1 : Math.min(MOST_CELLS_PER_POINT, Math.floor((width - 1) / (count - 1)));
  const used = (count - 1) * pitch + 1;
  const start = width - used >= 2 ? 1 : 0;
  return Array.from({ length: count }, (_, i) => start + i * pitch);
}

/** Columns of points that stand at their times (ms), the first at the left end, the last at the right; never backwards. */
export function timeColumns(times: readonly number[], width: number): number[] {
  if (times.length === 0 || width <= 0) return [];
  const start = width > 2 ? 1 : 0;
  const first = times[0]!;
  const end = times.reduce((latest, time) => Math.max(latest, time), first);
  const perMs = (width - 1 - start) / (end - first || 1);
  let column = start;
  return times.map((time) => {
    // A clock that was set back must not turn the chart round.
    column = Math.max(column, start + Math.round((time - first) * perMs));
    return Math.min(width - 1, column);
  });
}
