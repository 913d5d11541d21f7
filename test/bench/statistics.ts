/** The value that `share` (0..1) of the others do not exceed, by nearest rank. @throws RangeError for no values. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/** The middle value; a noisy neighbour moves it less than a mean. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5) + percentile(values, 0.5 + 1e-9 + 0.5 / values.length)) / 2;
}
