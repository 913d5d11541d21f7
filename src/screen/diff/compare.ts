import type { ScreenStore, Snapshot } from '../store.ts';
import { diffSubject } from './subject.ts';

/** Unified diff between two commits of the user's repository. Rejects with a sentence for the user. */
export type CompareCommits = (from: string, to: string) => Promise<string>;

/** A comparison that was asked for. `text` null: it is being read, or `why` says why it cannot be. */
export interface Comparison {
  from: string;
  to: string;
  text: string | null;
  why: string | null;
}

const held = 12;
const longest = 400_000;

/** Reads comparisons as they come into sight, and remembers the last ones. @returns how to stop it */
export function watchComparisons(store: ScreenStore, compare: CompareCommits | undefined): () => void {
  const known = new Map<string, Comparison>();
  const ask = async (from: string, to: string): Promise<Comparison> => {
    if (!compare) return { from, to, text: null, why: 'This screen has no repository to read.' };
    try {
      return { from, to, text: (await compare(from, to)).slice(0, longest), why: null };
    } catch (error) {
      return { from, to, text: null, why: (error as Error).message };
    }
  };
  const look = (snapshot: Snapshot) => {
    const wanted = diffSubject(snapshot)?.commits;
    if (!wanted) return;
    const { from, to } = wanted;
    const now = snapshot.comparison;
    if (now?.from === from && now.to === to) return;
    const key = `${from} ${to}`;
    const before = known.get(key);
    store.set({ comparison: before ?? { from, to, text: null, why: null } });
    if (before) return;
    void ask(from, to).then((found) => {
      if (found.text !== null) known.set(key, found);
      for (const oldest of known.keys()) {
        if (known.size <= held) break;
        known.delete(oldest);
      }
      const { comparison } = store.current();
      if (comparison?.from === from && comparison.to === to) store.set({ comparison: found });
    });
  };
  return store.published.subscribe(look);
}
