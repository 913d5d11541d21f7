import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentFailure } from '../protocol/failure.ts';

/** A disk that does not answer for so long is gone: a lost network mount hangs for ever. ms */
const patienceMs = 5000;

type Look = 'ok' | 'empty' | 'missing' | 'unreadable' | 'silent';

/** Watches the untracked inputs (`link:` in pawl.yaml): a data set may be on a disk that goes away. */
export interface Inputs {
  /** @throws EnvironmentFailure naming the input that is gone */
  mustBeThere(): Promise<void>;
}

/** @param links entries of `link:`, relative to the project */
export function watchInputs(project: string, links: readonly string[], waitMs = patienceMs): Inputs {
  /** Folders that once had something in them: an empty one is a mount point without its disk. */
  const filled = new Set<string>();
  return {
    async mustBeThere() {
      for (const link of links) {
        const path = join(project, link);
        const look = await within(lookAt(path), waitMs);
        if (look === 'ok') filled.add(path);
        const fault = look === 'empty' && !filled.has(path) ? null : faults[look];
        if (fault)
          throw new EnvironmentFailure(
            `The input ${link} (${path}) ${fault}`,
            'Put it back, or mount its disk again; pawl goes on by itself.',
            15_000,
            { kind: 'data' },
          );
      }
    },
  };
}

const faults: Record<Look, string | null> = {
  ok: null,
  empty: 'is empty all at once: is its disk mounted?',
  missing: 'is gone',
  unreadable: 'cannot be read any more: permission denied',
  silent: 'does not answer: its disk or network mount hangs',
};

async function lookAt(path: string): Promise<Look> {
  try {
    // Through links: what counts is what they lead to.
    const found = await stat(path);
    await access(path, constants.R_OK);
    if (!found.isDirectory()) return 'ok';
    return (await readdir(path)).length > 0 ? 'ok' : 'empty';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'missing';
  }
}

function within(look: Promise<Look>, ms: number): Promise<Look> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Look>((resolve) => {
    timer = setTimeout(() => resolve('silent'), ms);
  });
  return Promise.race([look, late]).finally(() => clearTimeout(timer));
}
