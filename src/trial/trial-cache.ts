import { lstatSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { type CopyLimits, copyFolder } from './copy-folder.ts';

// The compiler cache of trials. A trial writes to its own copy; what an experiment that was thrown away left there, and may
// have left on purpose, no other experiment loads. Only what the baseline and kept experiments made is handed on.

export interface TrialCache {
  /**
   * Makes the folder ready for a trial of experiment `n`: as its own last trial left it, else as trusted ones did.
   * @param trusted whether an experiment's code is part of the champion's (or the baseline)
   * @returns what the user should know, once; null usually
   */
  prepare(n: number, trusted: (n: number) => boolean): Promise<string | null>;
}

export interface CachePlaces {
  /** Where trials write; always the same path, which some caches keep inside. */
  work: string;
  /** What trusted experiments left; no trial sees it. */
  base: string;
  /** As `rm -rf`, also for what a trial has locked. */
  remove(folder: string): Promise<void>;
}

/** A cache beyond this is not handed on: copying it would cost more than compiling again. */
const cacheLimits: CopyLimits = { bytes: 4 * 2 ** 30, entries: 100_000 };

/** Opens the cache of a run. The work folder of an engine that died is nobody's and goes. */
export function openTrialCache({ work, base, remove }: CachePlaces, limits = cacheLimits): TrialCache {
  /** Whose experiment the work folder is. */
  let owner: number | null = null;
  const note = `${base}.json`;
  /** Experiments that the base came from. */
  let makers = readMakers(note);
  let told = false;

  async function adopt(n: number): Promise<void> {
    // First who made it: a base of unknown makers is never used.
    await writeFile(note, JSON.stringify([...new Set([...makers, n])]));
    makers = readMakers(note);
    await remove(base);
    await rename(work, base);
  }

  async function dropBase(): Promise<void> {
    makers = [];
    await rm(note, { force: true });
    await remove(base);
  }

  return {
    async prepare(n, trusted) {
      if (owner === n && isFolder(work)) return null;
      if (owner !== null && trusted(owner) && isFolder(work)) await adopt(owner);
      else await remove(work);
      owner = null;
      // Reverted: what it compiled goes with it.
      if (isFolder(base) && (makers.length === 0 || !makers.every(trusted))) await dropBase();
      let fault: string | null = null;
      if (isFolder(base)) {
        const whole = await copyFolder(base, work, limits).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC' || error.code === 'EDQUOT') throw error;
          return false;
        });
        if (!whole) {
          await remove(work);
          await dropBase();
          fault =
            'the compiler cache is too large or too deep to be copied for each trial, so every experiment compiles anew';
        }
      }
      await mkdir(work, { recursive: true });
      owner = n;
      if (fault === null || told) return null;
      told = true;
      return fault;
    },
  };
}

/** A link in its place would lead the copy anywhere. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readMakers(note: string): number[] {
  try {
    const list: unknown = JSON.parse(readFileSync(note, 'utf8'));
    return Array.isArray(list) && list.every(Number.isInteger) ? (list as number[]) : [];
  } catch {
    return [];
  }
}
