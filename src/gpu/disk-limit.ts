import { statfs } from 'node:fs/promises';
import { EnvironmentFailure } from '../protocol/failure.ts';

const mib = 1_048_576;
/** A run should never be what fills a disk to the brim: other programs need room too. */
const usualMiB = 1024;
/** On small disks: so much of it. */
const share = 0.02;
/** Never less than a log and a journal line need. */
const leastMiB = 4;

/** Room that a disk of this size has to have before a trial starts, MiB. */
export function diskLimitMiB(sizeMiB: number): number {
  return Math.max(leastMiB, Math.min(usualMiB, sizeMiB * share));
}

/**
 * Makes sure that the disk of `path` has room for a trial.
 * @throws EnvironmentFailure when it has not
 */
export async function mustHaveRoom(path: string): Promise<void> {
  const fs = await statfs(path).catch(() => null);
  // Some file systems (an overlay of a remote one) do not say: all zero is no answer.
  if (!fs || fs.blocks <= 0) return;
  const free = (fs.bavail * fs.bsize) / mib;
  const limit = diskLimitMiB((fs.blocks * fs.bsize) / mib);
  if (free >= limit) return;
  throw new EnvironmentFailure(
    `The disk is nearly full: ${Math.floor(free)} MiB are left on the disk of ${path}, a trial needs ${Math.ceil(limit)} MiB`,
    'Free some space; pawl goes on by itself.',
    15_000,
  );
}
