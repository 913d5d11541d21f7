import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

// In place of `git clean -ffdx`: that one skips a `.git` which a trial made inside a tracked folder, removes our links
// with everything else, stops at folders without write permission, and costs a process.

/**
 * Removes everything below `root` that is not in `keep`, never following a symbolic link.
 * `keep` holds files and links, posix, relative to `root`; folders on the way to them stay. The root's own `.git` stays.
 */
export async function removeLeftovers(root: string, keep: ReadonlySet<string>): Promise<void> {
  const folders = new Set<string>();
  for (const path of keep)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  const open = [''];
  for (let count = 1; open.length > 0; count += 1) {
    // Synchronous reading is three times as fast in the usual few folders; in a big tree others must get their turn.
    if (count % 100 === 0) await breathe();
    await sweep(root, open.pop()!, keep, folders, open);
  }
}

async function sweep(
  root: string,
  folder: string,
  keep: ReadonlySet<string>,
  folders: ReadonlySet<string>,
  open: string[],
): Promise<void> {
  const place = join(root, folder);
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (path === '.git' || keep.has(path)) continue;
    if (entry.isDirectory() && folders.has(path)) open.push(path);
    // A name that is no UTF-8 cannot be spelled as a string.
    else if (entry.name.includes('\uFFFD')) await removeUnspellable(place);
    else await removeStubborn(join(place, entry.name));
  }
}

async function removeUnspellable(place: string): Promise<void> {
  for (const name of await readdir(place, { encoding: 'buffer' }))
    if (name.toString('utf8').includes('\uFFFD')) {
      const path = Buffer.concat([Buffer.from(`${place}/`), name]);
      if ((await lstat(path)).isDirectory()) await rm(path, { recursive: true, force: true });
      else await unlink(path);
    }
}

/** `rm -rf` that also gets into folders that were made read-only, and down trees deeper than a path may be long. */
export async function removeStubborn(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // rm(1) goes down by descriptors, name by name.
    if (code === 'ENAMETOOLONG' || error instanceof RangeError) return removeByCommand(path);
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOTEMPTY') throw error;
    await openFolders(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => removeByCommand(path));
  }
}

async function removeByCommand(path: string): Promise<void> {
  await execFileAsync('chmod', ['-R', 'u+rwX', '--', path]).catch(() => {});
  await execFileAsync('rm', ['-rf', '--', path]);
}

async function openFolders(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (!found?.isDirectory()) return;
  await chmod(path, 0o700).catch(() => {});
  for (const name of await readdir(path).catch(() => [])) await openFolders(join(path, name));
}
