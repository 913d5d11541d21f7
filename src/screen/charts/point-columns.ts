const MOST_CELLS_PER_POINT = 8;

/**
 * The column of each of `count` points in a plot of `width` cells. Few points are spread, evenly and not too far; more
 * points than cells share columns.
 */
export function pointColumns(count: number, width: number): number[] {
  if (count <= 0 || width <= 0) return [];
  if (count > width) return Array.from({ length: count }, (_, i) => Math.floor((i * width) / count));
  // One cell is left before the first point when there is room: a marker on the axis is hard to read.
  const pitch = count === 1 ? 1 : Math.min(MOST_CELLS_PER_POINT, Math.floor((width - 1) / (count - 1)));
  const used = (count - 1) * pitch + 1;
  const start = width - used >= 2 ? 1 : 0;
  return Array.from({ length: count }, (_, i) => start + i * pitch);
}
