import { kindOf } from './families.ts';
import type { HistoryRow, ProposalContext } from './proposer.ts';

/**
 * One line per experiment, oldest first: number, verdict, gain, hypothesis, constants, why. When only `limit` lines may
 * stay, kept experiments are the last to go: they are what the present code stands on. Lines go in lots, so that the
 * beginning stays the same for several experiments and the server can use its cache.
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
  const lot = Math.max(1, Math.floor(limit / 4));
  const left = (most: number) => Math.ceil((rows.length - most) / lot) * lot;
  const kept = (before: number) => rows.slice(0, before).filter((row) => row.verdict === 'kept');
  const standing = Math.min(kept(left(limit)).length, Math.floor(limit / 2));
  const from = left(limit - standing);
  return [...(standing > 0 ? kept(from).slice(-standing) : []), ...rows.slice(from)];
}

function line(row: HistoryRow): string {
  const gain = row.z === null ? '' : ` ${row.z > 0 ? '+' : ''}${row.z.toFixed(1)} sigma`;
  const changed = row.constants.map((c) => `${c.name} ${c.from} -> ${c.to}`).join(', ');
  const size = row.added + row.removed > 0 ? ` (+${row.added} -${row.removed} lines)` : '';
  // Of what was measured the number tells why; a model copies long reasons into its next hypothesis.
  const told = row.z !== null || row.why === '';
  const why = told ? '' : ` | ${clip(row.why, 100)}`;
  return `#${row.n} ${verdictOf(row)}${gain}: ${clip(row.hypothesis, 160)}${changed ? ` [${clip(changed, 120)}]` : ''}${size}${why}`;
}

/** `noise` where it was no worse than chance: else small models learn false lessons. */
function verdictOf(row: HistoryRow): string {
  if (row.verdict === 'kept') return row.confidence === 'provisional' ? 'kept, unconfirmed' : 'kept';
  if (row.verdict !== 'discarded' || !row.label) return row.verdict;
  return row.label === 'near-miss' ? 'near miss' : row.label;
}

/** A push off the beaten track: small models propose the same idea forever (40 of 43 in one report). */
export function recentHint(history: readonly HistoryRow[], untried: readonly string[]): string | null {
  const tried = history.filter((row) => row.n !== 0);
  const last = tried.slice(-4);
  const other = untried.length > 0 ? `, such as ${untried.slice(0, 3).join(', ')}` : '';
  const kind = last[0] ? kindOf(last[0]) : null;
  if (last.length === 4 && kind !== null && last.every((row) => kindOf(row) === kind)) {
    return `The last four experiments were all about ${clip(kind, 40)}; try another kind of change${other}.`;
  }
  let missed = 0;
  for (let i = tried.length - 1; i >= 0 && tried[i]!.verdict !== 'kept'; i--) missed++;
  if (missed >= 6) {
    return `The last ${missed} experiments brought nothing: make a bolder or a different kind of change than those above${other}.`;
  }
  return tried.length > 0 ? 'Do not repeat an experiment that is listed above.' : null;
}

function clip(text: string, length: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length - 1)}…`;
}
