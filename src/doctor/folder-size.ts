import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Bytes that a file or folder takes on the disk, links not followed. What vanishes meanwhile takes none. */
export function bytesBelow(path: string): number {
  const found = statOf(path);
  if (!found) return 0;
  if (!found.isDirectory()) return found.blocks === undefined ? found.size : found.blocks * 512;
  let sum = 0;
  for (const name of namesIn(path)) sum += bytesBelow(join(path, name));
  return sum;
}

/** null also for what lies deeper than a path may be long, or cannot be looked at. */
function statOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** Names in a folder; none where it cannot be read. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
