// What `pawl doctor` has to say: made by the doctor, shown by the plain lines.

/** What a finding is about; the order is that of the report. */
export const areas = [
  'git',
  'node',
  'config',
  'surface',
  'inputs',
  'disk',
  'load',
  'model',
  'gpu',
  'sandbox',
  'terminal',
  'settings',
  'baseline',
] as const;
export type Area = (typeof areas)[number];

/** `fail`: a run could not start, or would hold at once. `warn`: it works, but not as well as it could. */
export type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  area: Area;
  level: Level;
  /** What was found, one sentence. */
  what: string;
  /** What to do about it; null where there is nothing to do, or `what` says it. */
  fix: string | null;
}
