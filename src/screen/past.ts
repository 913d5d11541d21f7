import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { maskSecrets } from '../protocol/secrets.ts';
import { shownExperiment } from './selectors.ts';
import type { ScreenStore, Snapshot } from './store.ts';

/** What the run's folder still holds of one experiment. null = there is no such file. */
export interface Past {
  n: number;
  diff: string | null;
}

const diffBytes = 400_000;

/**
 * Reads what the run's folder has of the experiment in sight, where the engine does not tell it: of one that was
 * selected, and after a resume of one whose change was written by an engine that is gone. @returns how to stop it
 */
export function watchPast(store: ScreenStore, runDir: string): () => void {
  let asked: string | null = null;
  const look = (snapshot: Snapshot) => {
    const e = shownExperiment(snapshot);
    const told = e && snapshot.view.selected === null && (e.n === 0 || snapshot.live.diff?.n === e.n);
    // Its files may come later, with its commit.
    const wanted = e && !told ? `${e.n} ${e.sha}` : null;
    if (wanted === asked) return;
    asked = wanted;
    if (!e || wanted === null) return store.set({ past: null });
    void readPast(runDir, e.n).then((past) => {
      // Another one may have come into sight while this one was read.
      if (asked === wanted) store.set({ past });
    });
  };
  return store.published.subscribe(look);
}

/** Reads the diff of experiment `n`. A missing file is normal. */
async function readPast(runDir: string, n: number): Promise<Past> {
  const diff = await readStart(join(runDir, 'experiments', String(n), 'edit.diff'), diffBytes);
  return { n, diff: diff === null ? null : maskSecrets(diff) };
}

async function readStart(path: string, bytes: number): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(bytes), position: 0 });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
