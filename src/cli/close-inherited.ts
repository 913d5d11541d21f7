import { closeSync, fstatSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Closes files and folders that whoever started this process left open. A child inherits them, and an open folder is a
 * way out of any sandbox. Standard streams and descriptor 3 stay; pipes and sockets may be Node's own.
 */
export function closeInherited(): void {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fd');
  } catch {
    return;
  }
  for (const name of names) {
    const fd = Number(name);
    if (fd <= 3) continue;
    try {
      const stat = fstatSync(fd);
      if (!(stat.isDirectory() || stat.isFile()) || !readlinkSync(`/proc/self/fd/${name}`).startsWith('/'))
        continue;
      closeSync(fd);
    } catch {
      // The folder that we are reading, closed by now.
    }
  }
}
