import { type ExperimentPoint, pointRank, standsBelow } from './experiment-point.ts';

/** A point to draw: where it stands, and how many points it stands for. */
export interface Spot {
  point: ExperimentPoint;
  /** Index among all points. */
  index: number;
  column: number;
  count: number;
  /** Of many in one column: the middle one's value, for where the best of them would hide in the line. */
  middle?: number;
}

/**
 * The points to draw. Where many share a column, that column shows every kept one (and baseline, reverted, live, the
 * selected one), the best of its near misses, the best of its discards, which then stands for the others' number, and
 * one of those that have no value. More would be a carpet: the cells are too few.
 */
export function bucketPoints(
  points: readonly ExperimentPoint[],
  columns: readonly number[],
  better: (a: number, b: number) => boolean,
  selected: number,
): Spot[] {
  const spots: Spot[] = [];
  let begin = 0;
  while (begin < points.length) {
    const column = columns[begin]!;
    let end = begin + 1;
    while (end < points.length && columns[end] === column) end++;
    if (end - begin < 4)
      for (let i = begin; i < end; i++) spots.push({ point: points[i]!, index: i, column, count: 1 });
    else addBucket(spots, points, column, begin, end, better, selected);
    begin = end;
  }
  return spots;
}

function addBucket(
  spots: Spot[],
  points: readonly ExperimentPoint[],
  column: number,
  begin: number,
  end: number,
  better: (a: number, b: number) => boolean,
  selected: number,
): void {
  const values: number[] = [];
  let discard: Spot | null = null;
  let miss: Spot | null = null;
  let none: Spot | null = null;
  for (let i = begin; i < end; i++) {
    const point = points[i]!;
    if (standsBelow(point)) {
      if (!none) none = { point, index: i, column, count: 1 };
      else if (pointRank[point.kind] > pointRank[none.point.kind])
        none = { point, index: i, column, count: 1 };
    } else if (point.kind === 'discarded') {
      values.push(point.metric!);
      if (!discard || better(point.metric!, discard.point.metric!))
        discard = { point, index: i, column, count: 1 };
    } else if (point.kind === 'near-miss') {
      if (!miss || better(point.metric!, miss.point.metric!))
        miss = { point, index: i, column, count: 1, middle: point.metric! };
    } else spots.push({ point, index: i, column, count: 1 });
  }
  if (discard) {
    discard.count = values.length;
    discard.middle = values.sort((a, b) => a - b)[values.length >> 1]!;
  }
  for (const spot of [none, discard, miss]) if (spot) spots.push(spot);
  const chosen = points[selected];
  if (chosen && selected >= begin && selected < end && !spots.some(({ index }) => index === selected))
    spots.push({ point: chosen, index: selected, column, count: 1 });
}
