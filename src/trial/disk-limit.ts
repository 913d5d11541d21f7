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

/** Room on the disk of `path`, and what a trial needs there, MiB; null where the file system does not say. */
export async function roomOn(path: string): Promise<{ freeMiB: number; neededMiB: number } | null> {
  const fs = await statfs(path).catch(() => null);
  // Some file systems (an overlay of a remote one) do not say: all zero is no answer.
  if (!fs || fs.blocks <= 0) return null;
  return {
    freeMiB: Math.floor((fs.bavail * fs.bsize) / mib),
    neededMiB: Math.ceil(diskLimitMiB((fs.blocks * fs.bsize) / mib)),
  };
}

/**
 * Makes sure that the disk of `path` has room for a trial.
 * @throws EnvironmentFailure when it has not
 */
export async function mustHaveRoom(path: string): Promise<void> {
  const room = await roomOn(path);
  if (!room || room.freeMiB >= room.neededMiB) return;
  throw new EnvironmentFailure(
    `The disk is nearly full: ${room.freeMiB} MiB are left on the disk of ${path}, a trial needs ${room.neededMiB} MiB`,
    'Free some space; pawl goes on by itself.',
    15_000,
    { kind: 'disk' },
  );
}
