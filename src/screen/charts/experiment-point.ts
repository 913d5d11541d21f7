/** What may become of a point of the experiments chart. */
export type PointKind =
  | 'baseline'
  | 'kept'
  | 'reverted'
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
  /** What it tried; shown beside kept points where there is room, and beside the selected one. */
  label?: string;
}
