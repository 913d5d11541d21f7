import type { HistoryRow } from './proposer.ts';

// What a night has taught, in absolute terms: values, not steps from a champion. It holds as well after a revert, and it
// stays short when the list of experiments no longer fits.

/** Values of one constant that are told, and constants, and kinds of crash. */
const mostValues = 7;
/** Of these, values that were kept. */
const mostKept = 2;
const mostCrashes = 5;

/** @param most lines of constants and of crashes together; 0 = none */
export function lessonLines(history: readonly HistoryRow[], most: number): string[] {
  if (most <= 0) return [];
  const crashes = crashLines(history).slice(0, Math.max(1, Math.floor(most / 3)));
  const reverts = revertLines(history).slice(-Math.max(1, Math.floor(most / 4)));
  const constants = constantLines(history, Math.max(1, most - crashes.length - reverts.length));
  return [...constants, ...crashes, ...reverts];
}

/** The values that single constants were given, and what came of each; most tried first. */
function constantLines(history: readonly HistoryRow[], most: number): string[] {
  const byName = new Map<string, HistoryRow[]>();
  for (const row of history) {
    const c = row.constants[0];
    if (!c || row.constants.length > 1 || row.added > 1) continue;
    if (row.verdict === 'rejected' || row.verdict === 'skipped') continue;
    const list = byName.get(c.name);
    if (list) list.push(row);
    else byName.set(c.name, [row]);
  }
  return [...byName]
    .filter(([, tries]) => tries.length > 1)
    .sort((a, b) => b[1].length - a[1].length)
    .slice(0, most)
    .map(([name, tries]) => {
      const kept = lastOf(tries, mostKept, (row) => row.verdict === 'kept');
      const others = lastOf(tries, mostValues - kept.length, (row) => row.verdict !== 'kept');
      const shown = [...kept, ...others].sort((a, b) => settingOf(a) - settingOf(b));
      return `${name}: ${shown.map((row) => `${settingOf(row)} (${outcomeOf(row)})`).join(', ')}`;
    });
}

const settingOf = (row: HistoryRow) => row.constants[0]!.to;

/** The last ones that fit, in their order. */
function lastOf(rows: readonly HistoryRow[], most: number, fits: (row: HistoryRow) => boolean): HistoryRow[] {
  const found: HistoryRow[] = [];
  for (let i = rows.length - 1; i >= 0 && found.length < most; i--)
    if (fits(rows[i]!)) found.unshift(rows[i]!);
  return found;
}

function outcomeOf(row: HistoryRow): string {
  if (row.z === null) return row.verdict;
  const sigma = `${row.z > 0 ? '+' : ''}${row.z.toFixed(1)}`;
  if (row.verdict === 'kept') return `${sigma}, kept`;
  return row.label === 'noise' ? 'noise' : sigma;
}

/** What makes it crash, each reason once. */
function crashLines(history: readonly HistoryRow[]): string[] {
  const reasons = new Map<string, number[]>();
  for (const row of history) {
    if (row.verdict !== 'crashed' && row.verdict !== 'timed-out') continue;
    const why = row.why.replace(/\s+/g, ' ').trim().slice(0, 120);
    if (why !== '') reasons.set(why, [...(reasons.get(why) ?? []), row.n]);
  }
  return [...reasons]
    .sort((a, b) => b[1].length - a[1].length)
    .slice(0, mostCrashes)
    .map(
      ([why, ns]) =>
        `Failed ${ns.length === 1 ? 'once' : `${ns.length} times`} (#${ns.slice(-3).join(', #')}): ${why}`,
    );
}

/** What the user took back: its number stands, its code does not. */
function revertLines(history: readonly HistoryRow[]): string[] {
  return history
    .filter((row) => row.verdict === 'reverted')
    .map((row) => {
      const sigma =
        row.z === null ? '' : ` (${row.z > 0 ? '+' : ''}${row.z.toFixed(1)} sigma when it was measured)`;
      return `#${row.n} was kept and then taken back by the user${sigma}; the files no longer have it: ${row.hypothesis.replace(/\s+/g, ' ').slice(0, 120)}`;
    });
}
