import type { Experiment, RunState } from './state.ts';

// autoresearch's file, exactly: tab-separated `commit val_bpb memory_gb status description`, status keep|discard|crash,
// 0.000000 and 0.0 on a crash, so that its notebook works on a run of ours.

/** The header line for a metric. */
function resultsHeader(metric: string): string {
  return `commit\t${metric}\tmemory_gb\tstatus\tdescription\n`;
}

/** One experiment as a row, or null when it never ran (autoresearch has no word for that). */
export function resultsRow(e: Experiment): string | null {
  if (e.sha === null || e.verdict === null || e.verdict === 'rejected' || e.verdict === 'void') return null;
  const status =
    e.verdict === 'kept' ? 'keep' : e.metric !== null && e.verdict !== 'crashed' ? 'discard' : 'crash';
  const peak = Math.max(0, ...e.trials.map((t) => t.metrics.peak_vram_mb ?? t.peakVramMiB ?? 0));
  const description = e.n === 0 ? 'baseline' : e.hypothesis.replace(/\s+/g, ' ').trim();
  return `${[
    e.sha.slice(0, 7),
    status === 'crash' ? '0.000000' : e.metric!.toFixed(6),
    status === 'crash' ? '0.0' : (peak / 1024).toFixed(1),
    status,
    description,
  ].join('\t')}\n`;
}

/** The whole file. */
export function resultsTsv(state: RunState): string {
  const rows = state.experiments.map(resultsRow).filter((row) => row !== null);
  return resultsHeader(state.settings?.metric.name ?? 'metric') + rows.join('');
}
