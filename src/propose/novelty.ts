import type { HistoryRow, Proposal, Refusal } from './proposer.ts';

// Nothing twice: what has been tried is refused before it costs GPU time, with the outcome as the reason. Equal trees
// are found by git later; here it is the same constants and the same words, which need not give the same tree.

/** After so many later keeps the ground has changed enough to try again what only just failed. */
const keepsUntilRetest = 5;
/** Hypotheses of this many latest experiments are compared. */
const remembered = 60;
/** Share of common words from which two hypotheses are one. */
const sameWords = 0.85;
/** Shorter hypotheses ("try it") say too little to be the same. */
const leastWords = 4;

/** @returns why a proposal is nothing new, or null. `history`: oldest first; kept, skipped and refused ones are no repeats. */
export function noveltyRefusal(
  proposal: Pick<Proposal, 'hypothesis' | 'constants' | 'edits'>,
  history: readonly HistoryRow[],
): Refusal | null {
  const tried = history.filter((row) => row.n > 0 && wasMeasured(row));
  const onlyConstants =
    proposal.constants.length > 0 && proposal.edits.every((edit) => edit.kind === 'constant');
  if (onlyConstants) {
    const twin = tried.findLast((row) => sameConstants(row, proposal));
    if (twin && !mayBeRetested(twin, history)) return repeats(twin, describe(proposal));
    return null;
  }
  const mine = words(proposal.hypothesis);
  if (mine.size < leastWords) return null;
  const twins = tried
    .slice(-remembered)
    .filter((row) => row.verdict !== 'kept' && alike(mine, words(row.hypothesis)));
  const twin = twins.at(-1);
  // What crashed has not been measured: its author has seen the traceback and may mend it, once.
  if (twin?.verdict === 'crashed' && twins.length === 1) return null;
  return twin && !mayBeRetested(twin, history) ? repeats(twin, 'almost the same idea') : null;
}

function wasMeasured(row: HistoryRow): boolean {
  return row.verdict === 'discarded' || row.verdict === 'crashed' || row.verdict === 'timed-out';
}

/** The same constants moved from the same values to the same values, and nothing else in the change. */
function sameConstants(row: HistoryRow, proposal: Pick<Proposal, 'constants'>): boolean {
  if (row.constants.length !== proposal.constants.length) return false;
  if (row.added > row.constants.length || row.removed > row.constants.length) return false;
  return proposal.constants.every((c) =>
    row.constants.some((d) => c.path === d.path && c.name === d.name && c.to === d.to && c.from === d.from),
  );
}

/** A near miss deserves another try on another champion. */
function mayBeRetested(row: HistoryRow, history: readonly HistoryRow[]): boolean {
  if (row.z === null || row.z <= 0) return false;
  const keeps = history.filter((other) => other.n > row.n && other.verdict === 'kept').length;
  return keeps >= keepsUntilRetest;
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (b.size < leastWords) return false;
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  // Other numbers are another experiment, however alike the words.
  const numbers = (set: ReadonlySet<string>) =>
    [...set]
      .filter((w) => /\d/.test(w))
      .sort()
      .join(' ');
  return common / (a.size + b.size - common) >= sameWords && numbers(a) === numbers(b);
}

const fillers = new Set(
  'a an and by for from in is it may of on or should so that the this to we will with'.split(' '),
);

/** The words that carry a hypothesis, without endings that make no difference. */
function words(text: string): Set<string> {
  const found = text.toLowerCase().match(/-?\d[\d.,e+-]*|[\p{L}_]+/gu) ?? [];
  return new Set(
    found
      .filter((word) => !fillers.has(word))
      .map((word) => word.replace(/(?:ing|ed|es|e|s)$/, '').replace(/[.,]$/, '')),
  );
}

function describe({ constants }: Pick<Proposal, 'constants'>): string {
  return constants.map((c) => `${c.name} ${c.from} to ${c.to}`).join(', ');
}

function repeats(twin: HistoryRow, what: string): Refusal {
  const sigmas = twin.z === null ? '' : `, ${twin.z > 0 ? '+' : ''}${twin.z.toFixed(1)} sigma`;
  return {
    code: 'duplicate',
    why: `tried already as #${twin.n} (${twin.verdict}${sigmas}): ${what}`,
    feedback: `That is experiment #${twin.n} again, "${twin.hypothesis}" (${twin.verdict}${sigmas}): ${twin.why}. Propose a change of another kind, at another place.`,
  };
}
