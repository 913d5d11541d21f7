import type { Edit } from './proposer.ts';

// A reply must make one proposal. Models that cannot decide give several, or change their minds halfway: which one is
// meant is then not sure, and all of them together are an experiment that nobody proposed.

/** Where a hypothesis or an `Option B` begins: before the edit with this index. */
export interface ProposalStart {
  label: string;
  at: number;
}

const option =
  /^[\s#>*_-]*(?:option|proposal|alternative|approach|variant|idea)\s*(#?\d+|[A-E])[\s*_]*(?:[:.)–-].*)?$/i;

/** The number or letter of a line such as `Option 2:` or `### Proposal B`; null for any other line. */
export function optionOf(line: string): string | null {
  return line.length > 500 ? null : (option.exec(line)?.[1]?.toLowerCase() ?? null);
}

/** The words of a hypothesis without case and punctuation, to tell whether two are the same. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** True when edits stand under more than one hypothesis or option; the same edit once more does not count. */
export function severalProposals(edits: readonly Edit[], starts: readonly ProposalStart[]): boolean {
  const first = new Map<string, number>();
  for (const [i, edit] of edits.entries()) {
    const key = JSON.stringify(edit);
    if (!first.has(key)) first.set(key, i);
  }
  const owners = [...first.values()].map((i) => starts.findLast((s) => s.at <= i)?.label ?? '');
  return new Set(owners).size > 1;
}
