import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

/** What a copy may take: beyond it nothing is copied. */
export interface CopyLimits {
  bytes: number;
  entries: number;
}

/** Caches are thousands of small files: copied at once they take a tenth of what the thread pool makes of them. Bytes. */
const smallFile = 1024 * 1024;
/** Then others get their turn, ms. */
const turnMs = 10;

/**
 * Copies a folder that a stranger filled, sharing blocks where the file system can (reflink), never as hard links: what is
 * written to a copy must not reach the original. Links are copied as links, sockets, pipes and devices not at all.
 * @returns false when the folder is larger than the limits; what was copied by then is left for the caller to remove
 * @throws as the file system does (ENOSPC, EMFILE ...)
 */
export async function copyFolder(from: string, to: string, limits: CopyLimits): Promise<boolean> {
  const left = { ...limits };
  const waiting: [string, string][] = [[from, to]];
  let turn = performance.now();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [source, target] = next;
    mkdirSync(target, { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(source, { withFileTypes: true })) {
      left.entries -= 1;
      if (left.entries < 0) return false;
      const path = join(source, entry.name);
      const copy = join(target, entry.name);
      if (entry.isDirectory()) waiting.push([path, copy]);
      else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(path), copy);
      else if (entry.isFile()) {
        const { size } = lstatSync(path);
        left.bytes -= size;
        if (left.bytes < 0) return false;
        if (size <= smallFile) copyFileSync(path, copy, constants.COPYFILE_FICLONE);
        else await copyFile(path, copy, constants.COPYFILE_FICLONE);
        // One that nobody may write to could not be replaced by its owner either, in some tools.
        chmodSync(copy, 0o700);
      }
      if (performance.now() - turn < turnMs) continue;
      await breathe();
      turn = performance.now();
    }
  }
  return true;
}
