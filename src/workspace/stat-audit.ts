import { createHash } from 'node:crypto';
import { type BigIntStats, constants, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Whether files are what they were, without a git process: two of those per experiment cost more than all of this.
//
// Why it may be believed: whatever changes a file (write, truncate, chmod, link, rename over it, a mapped page) gives it
// another inode or another ctime, and no call sets a ctime; only the superuser can, by turning the clock. git rests on
// the same (`core.trustctime`), in whole seconds where it was built without nanoseconds. A trial of the superuser could
// fool both, as it could stop the engine: what protects from such a trial is the sandbox, not this.
// It only ever says "nothing changed" or "ask git"; git alone says what changed.

/** With more files, git's own threads are quicker than we are, and the engine must not stand still. */
const mostFiles = 1000;
/**
 * A file that was changed so shortly before it was looked at could change once more within the same tick of the clock
 * (a jiffy here, 2 s on FAT), unseen. Its contents are compared too.
 */
const youngNs = 3_000_000_000n;
/** A young file larger than this is git's to compare. Bytes. */
const largestYoung = 1 << 20;

interface Seen {
  stat: BigIntStats;
  /** Digest of a young file's contents. */
  contents: string | null;
}

/** What the files of a folder were when only we had touched them. */
export class StatAudit {
  readonly #dir: string;
  readonly #files: ReadonlyMap<string, Seen>;
  readonly #folders: ReadonlySet<string>;

  private constructor(dir: string, files: Map<string, Seen>) {
    this.#dir = dir;
    this.#files = files;
    const folders = new Set<string>();
    for (const path of files.keys())
      for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
        folders.add(path.slice(0, at));
    this.#folders = folders;
  }

  /**
   * Looks at files, posix paths below `dir`.
   * @param stamp a file that was just written on the same file system: its ctime says what time it is there, which on a
   *   network mount is another machine's word; and its mtime, set into the past, shows that a ctime cannot be set here.
   * @returns null when git has to be asked for these files: too many, missing, or large and just written.
   */
  static of(dir: string, paths: readonly string[], stamp: string): StatAudit | null {
    if (paths.length > mostFiles) return null;
    const clock = look(stamp);
    if (clock === null || clock.ctimeNs <= clock.mtimeNs) return null;
    const files = new Map<string, Seen>();
    for (const path of paths) {
      const place = join(dir, path);
      const stat = look(place);
      if (stat === null || stat.dev !== clock.dev || !(stat.isFile() || stat.isSymbolicLink())) return null;
      const young = stat.isFile() && stat.ctimeNs > clock.ctimeNs - youngNs;
      if (young && stat.size > largestYoung) return null;
      // A symbolic link cannot be written over; another one in its place is another inode.
      files.set(path, { stat, contents: young ? digest(place) : null });
    }
    return new StatAudit(dir, files);
  }

  /** True when nothing has changed since. False means: ask git. */
  holds(): boolean {
    try {
      // A folder that was moved and linked back shows the same files, yet git says that they are gone.
      for (const folder of this.#folders) if (!look(join(this.#dir, folder))?.isDirectory()) return false;
      for (const [path, seen] of this.#files) {
        const place = join(this.#dir, path);
        const now = look(place);
        if (now === null || !same(now, seen.stat)) return false;
        if (seen.contents !== null && digest(place) !== seen.contents) return false;
      }
      return true;
    } catch {
      // Not readable, or going away while we look.
      return false;
    }
  }

  /** Files that were written, replaced or linked since, whatever is in them now. Only where all of them are still there. */
  touched(): string[] {
    const paths: string[] = [];
    for (const [path, seen] of this.#files) {
      const now = look(join(this.#dir, path));
      if (now === null || !same(now, seen.stat)) paths.push(path);
    }
    return paths;
  }
}

function look(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

function same(a: BigIntStats, b: BigIntStats): boolean {
  return (
    a.ctimeNs === b.ctimeNs &&
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.mode === b.mode &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.uid === b.uid &&
    a.gid === b.gid
  );
}

/** Something that lives on may put a pipe there after the look; nobody waits for that. */
const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path, { flag })).digest('hex');
}
