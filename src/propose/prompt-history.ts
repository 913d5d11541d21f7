import type { HistoryRow, ProposalContext } from './proposer.ts';

/**
 * One line per experiment, oldest first: number, verdict, gain, hypothesis, constants, why. When only `limit` lines may
 * stay, kept experiments are the last to go: they are what the present code stands on.
 */
export function historyLines(context: ProposalContext, limit: number): string[] {
  const rows = context.history.filter((row) => row.n !== 0);
  const base = context.history.find((row) => row.n === 0);
  const lines: string[] = [];
  if (base?.metric != null)
    lines.push(`#0 baseline: ${context.metric.name} ${Number(base.metric.toPrecision(6))}`);
  const shown = rows.length <= limit ? rows : shortened(rows, limit);
  if (shown.length < rows.length) lines.push(`(${rows.length - shown.length} older experiments left out)`);
  return [...lines, ...shown.map(line)];
}

function shortened(rows: readonly HistoryRow[], limit: number): HistoryRow[] {
  if (limit <= 0) return [];
  const recent = rows.slice(-limit);
  const older = rows.slice(0, rows.length - recent.length).filter((row) => row.verdict === 'kept');
  const keep = older.slice(-Math.floor(limit / 2));
  return [...keep, ...recent.slice(keep.length)];
}

function line(row: HistoryRow): string {
  const gain = row.z === null ? '' : ` ${row.z > 0 ? '+' : ''}${row.z.toFixed(1)} sigma`;
  const changed = row.constants.map((c) => `${c.name} ${c.from} -> ${c.to}`).join(', ');
  const size = row.added + row.removed > 0 ? ` (+${row.added} -${row.removed} lines)` : '';
  const why = row.why === '' ? '' : ` | ${clip(row.why, 100)}`;
  return `#${row.n} ${row.verdict}${gain}: ${clip(row.hypothesis, 160)}${changed ? ` [${clip(changed, 120)}]` : ''}${size}${why}`;
}

/** A push off the beaten track: small models propose the same idea forever (40 of 43 in one report). */
export function recentHint(history: readonly HistoryRow[]): string | null {
  const tried = history.filter((row) => row.n !== 0);
  const last = tried.slice(-4);
  if (last.length === 4 && last.every((row) => row.family !== null && row.family === last[0]!.family)) {
    return `The last four experiments were all about ${clip(last[0]!.family!, 40)}; try another kind of change.`;
  }
  let missed = 0;
  for (let i = tried.length - 1; i >= 0 && tried[i]!.verdict !== 'kept'; i--) missed++;
  if (missed >= 6) {
    return `The last ${missed} experiments brought nothing: make a bolder or a different kind of change than those above.`;
  }
  return tried.length > 0 ? 'Do not repeat an experiment that is listed above.' : null;
}

function clip(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length - 1)}…`;
}
