import type { RunState } from '../journal/state.ts';
import { applyEdits } from '../propose/apply-edits.ts';
import { constantChanges } from '../propose/constant-changes.ts';
import type { Proposal, ProposalContext } from '../propose/proposer.ts';
import type { ConstantChange } from '../protocol/events.ts';
import type { Bench } from './step.ts';

// An experiment on a fork is proposed on an older champion's code, and committed on the present one: its diff takes back
// what came since and adds the new idea. So the branch only ever moves forward, to a tree that beat the champion.

/** The commit whose code experiment `n` starts from. */
export function groundOf(state: RunState, n: number): { n: number; sha: string } {
  const fork = state.experiments[n]?.fork ?? null;
  const sha = fork === null ? null : state.experiments[fork]!.sha;
  return sha === null ? state.champion : { n: fork!, sha };
}

/** What has to be written over the champion's files to have the fork's, with the new idea in them. */
export async function overChampion(
  { session, workspace }: Bench,
  ground: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const champion = await workspace.surface(session.state.champion.sha);
  const wanted = new Map([...ground, ...files]);
  return new Map([...wanted].filter(([path, text]) => champion.get(path) !== text));
}

/** A fork's constants as the history has them: from the champion's values, because gains are against the champion. */
export async function forkConstants(
  bench: Bench,
  context: ProposalContext,
  proposal: Proposal,
): Promise<ConstantChange[]> {
  const { workspace, session } = bench;
  const applied = applyEdits(context.surface, proposal.edits, (path) => workspace.onSurface(path));
  if (!applied.ok) return [];
  const champion = await workspace.surface(session.state.champion.sha);
  return constantChanges(champion, new Map([...context.surface, ...applied.files]));
}
