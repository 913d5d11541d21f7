import type { Experiment, RunState } from './state.ts';

// autoresearch's file, exactly: tab-separated `commit val_bpb memory_gb status description`, status keep|discard|crash,
// 0.000000 and 0.0 on a crash, so that its notebook works on a run of ours. What was stopped early is no crash, and has no
// number: a discard with the last value that is known, or nan, which every reader of numbers takes and no chart draws.

/** The header line for a metric. */
function resultsHeader(metric: string): string {
  return `commit\t${metric}\tmemory_gb\tstatus\tdescription\n`;
}

/** One experiment as a row, or null when it never ran, or not to its end by the user's wish (autoresearch has no word for that). */
export function resultsRow(e: Experiment, metric?: string): string | null {
  if (e.sha === null || e.verdict === null || e.verdict === 'rejected' || e.verdict === 'void') return null;
  if (e.verdict === 'skipped' && e.metric === null) return null;
  const failed = e.verdict === 'crashed' || e.verdict === 'timed-out';
  const status = e.verdict === 'kept' ? 'keep' : failed ? 'crash' : 'discard';
  const peak = Math.max(0, ...e.trials.map((t) => t.metrics.peak_vram_mb ?? t.peakVramMiB ?? 0));
  const description = e.n === 0 ? 'baseline' : e.hypothesis.replace(/\s+/g, ' ').trim();
  return `${[
    e.sha.slice(0, 7),
    status === 'crash' ? '0.000000' : (e.metric ?? lastKnown(e, metric)).toFixed(6).toLowerCase(),
    status === 'crash' ? '0.0' : (peak / 1024).toFixed(1),
    status,
    description,
  ].join('\t')}\n`;
}

/** The last value of a live curve that shows the metric itself; NaN where it shows another number. */
function lastKnown({ trials }: Experiment, metric: string | undefined): number {
  const last = trials.findLast((t) => t.curve.length > 0);
  return last && last.curveOf === metric ? last.curve.at(-1)!.value : Number.NaN;
}

/** The whole file. */
export function resultsTsv(state: RunState): string {
  const metric = state.settings?.metric.name;
  const rows = state.experiments.map((e) => resultsRow(e, metric)).filter((row) => row !== null);
  return resultsHeader(state.settings?.metric.name ?? 'metric') + rows.join('');
}
