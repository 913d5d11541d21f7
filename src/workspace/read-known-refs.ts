import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { type KnownCommits, type MendedRefs, mendCommits } from './known-refs.ts';
import type { RefState, RunRefs } from './run-refs.ts';

/** The latest experiments' refs are looked into before a run goes on; of the others it is enough that they are there. */
const lookedInto = 64;

export interface KnownRefs {
  state: RefState;
  /** Refs whose contents were taken on trust have still to be looked into. */
  onTrust: boolean;
}

/**
 * The refs of a run whose journal knows its commits. Ten thousand of them cost git a fifth of a second, which nobody has
 * to wait for: the names of the folder say whether one is missing, and what stands in the old ones can be looked at
 * while the run goes on (see mendRest).
 */
export async function readKnownRefs(
  refs: RunRefs,
  known: KnownCommits,
  commonDir: string,
): Promise<KnownRefs> {
  const numbers = [...known.commits.keys()].filter((n) => n > 0);
  const names = await readdir(join(commonDir, 'refs', 'pawl', refs.tag)).catch(() => []);
  const there = new Set(names);
  // Packed by git's gc, kept in another format, or deleted: git knows, and packed ones are quick to list.
  if (numbers.length <= lookedInto || !numbers.every((n) => there.has(String(n))))
    return { state: await refs.read(), onTrust: false };
  const latest = numbers.slice(-lookedInto);
  const [state, seen] = await Promise.all([refs.readTips(), refs.getAll(latest)]);
  state.experiments = new Map(known.commits);
  for (const n of latest) {
    state.experiments.delete(n);
    const sha = seen.get(n);
    if (sha !== undefined) state.experiments.set(n, sha);
  }
  return { state, onTrust: true };
}

/** Looks into the refs that were taken on trust, and mends what is wrong. */
export async function mendRest(git: Git, refs: RunRefs, known: KnownCommits): Promise<MendedRefs> {
  return mendCommits(git, refs, await refs.read(), known);
}
