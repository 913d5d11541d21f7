import {
  type BigIntStats,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

// A ref is a file of its own, mostly a block of 4 KiB, and whoever lists refs opens them all. git's own `pack-refs` packs
// either everything, the user's branches too, or (from 2.43 on) a pattern. So the refs of a run's experiments, which never
// move, go into the shared file here, by git's own rules: sorted lines, replaced as a whole under packed-refs.lock
// (gitrepository-layout(5), and refs/packed-backend.c of git for the header).

/** Packed at once that many, so that a loop goes on between them. */
const atOnce = 200;
const mostTries = 3;
const header = '# pack-refs with: peeled fully-peeled sorted ';

/** The name of our half of the lock; see `removeStalePackLock`. */
const ourHalf = (commonDir: string, tag: string) => join(commonDir, `pawl-packing-${tag}`);
const lockOf = (commonDir: string) => join(commonDir, 'packed-refs.lock');

/**
 * Moves the refs of a run's experiments into the file of packed refs; no other ref is touched, and none is changed. Safe
 * against a kill at any moment: until the file is replaced nothing has happened, after it both places say the same.
 * The caller holds the run's lock.
 * @param least fewer loose refs than this are left alone
 * @returns how many were packed; 0 also where git keeps refs in another way, or somebody else is packing
 */
export async function packExperiments(commonDir: string, tag: string, least: number): Promise<number> {
  const folder = join(commonDir, 'refs', 'pawl', tag);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (names.length < least || names.length === 0) return 0;
  const loose = new Map<string, string>();
  for (const [i, name] of names.entries()) {
    if (i % atOnce === 0) await breathe();
    const sha = shaIn(join(folder, name));
    if (sha !== null) loose.set(name, sha);
  }
  if (!writePacked(commonDir, tag, loose)) return 0;
  let packed = 0;
  for (const [name, sha] of loose) {
    if (packed % atOnce === 0) await breathe();
    dropLoose(join(folder, name), sha);
    packed += 1;
  }
  return packed;
}

/** What a loose ref's file holds; null when it is no plain ref (symbolic, half written, gone). */
function shaIn(path: string): string | null {
  try {
    return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(readFileSync(path, 'latin1'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** @returns whether the shared file has them now */
function writePacked(commonDir: string, tag: string, refs: ReadonlyMap<string, string>): boolean {
  const path = join(commonDir, 'packed-refs');
  const half = ourHalf(commonDir, tag);
  const lock = lockOf(commonDir);
  for (let tries = 0; tries < mostTries; tries++) {
    const before = look(path);
    // A link, or no file at all: whatever it is for, it is not ours to replace.
    if (before !== null && !before.isFile()) return false;
    const text = mergedPacked(before === null ? '' : readFileSync(path, 'latin1'), `refs/pawl/${tag}/`, refs);
    if (text === null) return false;
    writeDurably(half, text, before === null ? 0o666 : Number(before.mode & 0o777n));
    try {
      // The lock is there with all that it will say, and as the same file as our half: whose it is can be seen later.
      linkSync(half, lock);
    } catch {
      // Somebody else packs now; another time will do.
      rmSync(half, { force: true });
      return false;
    }
    if (same(before, look(path))) {
      renameSync(lock, path);
      // Before any loose one goes.
      syncFolder(commonDir);
      unlinkSync(half);
      return true;
    }
    unlinkSync(lock);
    unlinkSync(half);
  }
  return false;
}

/**
 * The text of packed refs with these among them.
 * @param root ends in a slash
 * @returns null when it is written in a way that is not known here
 */
export function mergedPacked(text: string, root: string, refs: ReadonlyMap<string, string>): string | null {
  const lines = text.split('\n');
  if (lines.pop() !== '') return null;
  const head = lines[0]?.startsWith('#') ? lines.shift()! : header;
  if (!/ sorted /.test(`${head} `) || !/ fully-peeled /.test(`${head} `)) return null;
  // A line that begins with ^ says what the tag of the line before leads to: it stays with it.
  const entries: { name: string; lines: string[] }[] = [];
  for (const line of lines) {
    const name = /^[0-9a-f]{40,64} (refs\/\S+)$/.exec(line)?.[1];
    if (name !== undefined) entries.push({ name, lines: [line] });
    else if (/^\^[0-9a-f]{40,64}$/.test(line) && entries.length > 0) entries.at(-1)!.lines.push(line);
    else return null;
  }
  const ours = new Map([...refs].map(([name, sha]) => [root + name, sha]));
  const all = [
    ...entries.filter(({ name }) => !ours.has(name)),
    ...[...ours].map(([name, sha]) => ({ name, lines: [`${sha} ${name}`] })),
  ];
  // By bytes, as git looks for them; latin1 characters are bytes.
  all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `${[head, ...all.flatMap((entry) => entry.lines)].join('\n')}\n`;
}

/** Removes a loose ref that still says what is packed, under its own lock as git does. */
function dropLoose(path: string, sha: string): void {
  const lock = `${path}.lock`;
  try {
    closeSync(openSync(lock, 'wx'));
  } catch {
    return;
  }
  try {
    if (shaIn(path) === sha) unlinkSync(path);
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Removes a lock of the shared file that a killed engine of this run left: one that is the same file as our half of it. Any
 * other lock there is somebody else's. The caller holds the run's lock.
 */
export function removeStalePackLock(commonDir: string, tag: string): boolean {
  const half = ourHalf(commonDir, tag);
  const mine = look(half);
  if (mine === null) return false;
  const lock = look(lockOf(commonDir));
  const ours = lock !== null && lock.ino === mine.ino && lock.dev === mine.dev;
  if (ours) unlinkSync(lockOf(commonDir));
  rmSync(half, { force: true });
  return ours;
}

function writeDurably(path: string, text: string, mode: number): void {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, text, 'latin1');
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function look(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

function same(a: BigIntStats | null, b: BigIntStats | null): boolean {
  if (a === null || b === null) return a === b;
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
