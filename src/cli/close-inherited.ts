import { closeSync, fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** O_CLOEXEC as /proc shows it. */
const closedOnExec = 0o2000000;

/**
 * Closes files and folders that whoever started this process left open. A child inherits them, and an open folder is a
 * way out of any sandbox. Standard streams and descriptor 3 stay; pipes and sockets may be Node's own, and so is what is
 * marked to be closed on exec: nothing that was inherited is, and another thread may be reading it.
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
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1];
      if (flags === undefined || (Number.parseInt(flags, 8) & closedOnExec) !== 0) continue;
      closeSync(fd);
    } catch {
      // The folder that we are reading, closed by now.
    }
  }
}
