import type { Tone } from '../spans.ts';

/** What may become of a point of the experiments chart. */
export type PointKind =
  | 'baseline'
  | 'kept'
  | 'reverted'
  | 'near-miss'
  | 'discarded'
  | 'crashed'
  | 'timed-out'
  | 'rejected'
  | 'skipped'
  | 'live';

/** One experiment on the chart. `metric` is null where there is none: a crash, a skip, the running one. */
export interface ExperimentPoint {
  n: number;
  metric: number | null;
  kind: PointKind;
  /** When it was decided, or began, ms; for an axis of time. */
  at?: number;
  /** What it tried; shown beside kept points where there is room. */
  label?: string;
}

/** The semantic colour of each kind. */
export const pointTones: Readonly<Record<PointKind, Tone>> = {
  baseline: 'accent',
  kept: 'kept',
  reverted: 'warn',
  'near-miss': 'discarded',
  discarded: 'discarded',
  crashed: 'crashed',
  'timed-out': 'crashed',
  rejected: 'dim',
  skipped: 'dim',
  live: 'live',
};

/** What wins where points fall into the same cell. */
export const pointRank: Readonly<Record<PointKind, number>> = {
  discarded: 0,
  skipped: 1,
  rejected: 1,
  'near-miss': 1,
  'timed-out': 2,
  crashed: 2,
  reverted: 3,
  baseline: 4,
  kept: 5,
  live: 6,
};

/** What ended without a value stands on the row under the plot; the running one may still get one. */
export function standsBelow({ kind, metric }: ExperimentPoint): boolean {
  return kind === 'crashed' || kind === 'timed-out' || (!Number.isFinite(metric) && kind !== 'live');
}
