import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that a file or folder takes on the disk, links not followed. What vanishes meanwhile takes none. */
export function bytesBelow(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.blocks === undefined ? found.size : found.blocks * 512;
  let sum = 0;
  for (const name of namesIn(path)) sum += bytesBelow(join(path, name));
  return sum;
}

/** Names in a folder; none where it cannot be read. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
