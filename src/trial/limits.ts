import { constants, type Dirent, readFileSync, statfsSync } from 'node:fs';
import { chmod, lstat, open, readdir, rm } from 'node:fs/promises';
import type { ProcessRow } from './process-table.ts';

// What a command may use of the machine, watched from outside: memory and disk. Without it one bad change of the model
// takes the engine, the model server and the user's programs down with it.

const mib = 1024 * 1024;

/**
 * True when processes hold more than a limit together. Resident memory counts shared pages once for each process, which
 * makes eight data loaders look like eight data sets: where that sum is too much, their proportional shares decide.
 */
export function holdsMore(rows: readonly ProcessRow[], limitBytes: number): boolean {
  const resident = rows.reduce((sum, row) => sum + row.rssBytes, 0);
  if (resident <= limitBytes) return false;
  return rows.reduce((sum, row) => sum + (shareOf(row.pid) ?? row.rssBytes), 0) > limitBytes;
}

/** Pss of a process, bytes; null where the kernel does not tell. */
function shareOf(pid: number): number | null {
  try {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

/**
 * Free space below which a trial is ended, bytes: enough for the journal, git and the user to go on, and for what a fast
 * writer adds between two looks. That is why it does not shrink with the disk, as what a start needs does (disk-limit.ts).
 */
const leastFree = 512 * mib;

/** What a trial may write unless the user says otherwise: checkpoints of a large model, and not a disk. Bytes. */
const usualMostOutput = 20 * 1024 * mib;
/** Between two counts of files: while the disk shrinks, and else (something else may free what this one fills). ms */
const countMs = 500;
const rareCountMs = 30_000;

/** Watches the disks of the folders that a command may write to. */
export class DiskWatch {
  readonly #folders: readonly string[];
  readonly #before: Map<string, number>;
  readonly #floor: number;
  readonly #since = Date.now();
  readonly #most: number;
  #counting = false;
  #counted = performance.now();
  #tooMuch = false;

  /**
   * @param floorBytes default 512 MiB, or half of what is free now when that is less.
   * @param mostBytes that the command may write; default 20 GiB, or a quarter of what is free now when that is less.
   */
  constructor(folders: readonly string[], floorBytes?: number, mostBytes?: number) {
    this.#folders = folders;
    this.#before = new Map(folders.map((folder) => [folder, freeOf(folder)]));
    const free = Math.min(...this.#before.values());
    this.#floor = floorBytes ?? Math.min(leastFree, free / 2);
    this.#most = mostBytes ?? Math.min(usualMostOutput, free / 4);
  }

  /** True while one of the disks has less room than the floor. */
  isLow(): boolean {
    return this.#folders.some((folder) => freeOf(folder) < this.#floor);
  }

  /** What the command may write, bytes. */
  get mostBytes(): number {
    return this.#most;
  }

  /**
   * True when the command has written more than it may. Ask about once a second: files are counted only when the disk says
   * that so much may be gone, or when that has not been done for a while.
   */
  wroteTooMuch(): boolean {
    const gone = Math.max(...this.#folders.map((folder) => (this.#before.get(folder) ?? 0) - freeOf(folder)));
    const due = performance.now() - this.#counted > (gone > this.#most ? countMs : rareCountMs);
    if (due && !this.#counting) void this.#count();
    return this.#tooMuch;
  }

  async #count(): Promise<void> {
    this.#counting = true;
    let own = 0;
    for (const folder of this.#folders) own += await writtenSince(folder, this.#since, false);
    this.#tooMuch ||= own > this.#most;
    this.#counted = performance.now();
    this.#counting = false;
  }

  /**
   * Whether the command itself took most of the space that went since it began: else something else fills the disk, and
   * the command is not to blame.
   */
  async isOwnDoing(): Promise<boolean> {
    const gone = Math.max(...this.#folders.map((folder) => (this.#before.get(folder) ?? 0) - freeOf(folder)));
    let own = 0;
    for (const folder of this.#folders) own += await writtenSince(folder, this.#since, false);
    return own >= gone / 2;
  }

  /** Deletes what the command wrote, so that the run can go on. @param folders where nothing is kept anyway */
  async clear(folders: readonly string[]): Promise<void> {
    for (const folder of folders) await writtenSince(folder, this.#since, true);
  }
}

function freeOf(folder: string): number {
  try {
    const { bavail, bsize, blocks } = statfsSync(folder);
    // Some file systems do not say: all zero is no answer.
    return blocks > 0 ? bavail * bsize : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Bytes on disk of the files below a folder that were written since; follows no link. Infinite where that cannot be known:
 * a folder that we cannot open, or a path too long to be named, and nobody makes either by mistake.
 */
async function writtenSince(folder: string, since: number, remove: boolean): Promise<number> {
  // Names are bytes: one that is no UTF-8 could not be looked up as a string, and would count for nothing.
  return writtenBelow(Buffer.from(folder), since, remove);
}

async function writtenBelow(folder: Buffer, since: number, remove: boolean): Promise<number> {
  let sum = 0;
  // What is to be emptied may have been closed for writing only.
  if (remove) await openUp(folder).catch(() => false);
  const entries = await entriesOf(folder);
  if (entries === null) return Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) sum += await writtenBelow(path, since, remove);
    else {
      const found = await lstat(path).catch(codeOf);
      if (found === 'ENAMETOOLONG') return Number.POSITIVE_INFINITY;
      if (typeof found === 'string' || !found.isFile() || found.ctimeMs < since - 1000) continue;
      sum += found.blocks * 512;
      if (remove) await rm(path, { force: true }).catch(() => {});
    }
  }
  return sum;
}

/** What a folder holds; a command may have closed it to its owner, who opens it again. @returns null when that fails */
async function entriesOf(folder: Buffer): Promise<Dirent<Buffer>[] | null> {
  const read = () => readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  try {
    return await read();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENAMETOOLONG') return null;
    // Gone meanwhile, or no folder any more.
    if (code !== 'EACCES' && code !== 'EPERM') return [];
  }
  try {
    return (await openUp(folder)) ? await read() : null;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? [] : null;
  }
}

/** Gives a folder of ours back to us. @returns false when it is somebody else's */
async function openUp(folder: Buffer): Promise<boolean> {
  // What may not be read can be opened so, and no link is followed: meanwhile it may be one.
  const handle = await open(folder, oPath | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if ((await handle.stat()).uid !== process.getuid?.()) return false;
    await chmod(`/proc/self/fd/${handle.fd}`, 0o700);
    return true;
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** O_PATH of Linux, which Node does not name. */
const oPath = 0o10000000;
