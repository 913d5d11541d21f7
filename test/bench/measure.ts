/** One line of the table. */
export interface Row {
  /** What was measured, with its circumstances. */
  measure: string;
  value: number;
  unit: string;
  /** The most that is fine; null where a number is only told. */
  target: number | null;
  /** What `value` is to be seen beside: the named baseline of the same run. */
  against: string;
}

export interface Bench {
  /** A copy of the built product, so that a rebuild in the middle changes nothing. */
  launcher: string;
  /** Fewer rounds and shorter watching: numbers for a first look. */
  quick: boolean;
  /** Says on stderr what is going on. */
  say(text: string): void;
}

/** One subject of the benchmark, in a file of its own. */
export interface Measure {
  name: string;
  run(bench: Bench): Promise<Row[]>;
}

/** Whether a row keeps to its target; null without one. */
export function isFine(row: Row): boolean | null {
  return row.target === null ? null : row.value <= row.target;
}
