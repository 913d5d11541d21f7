import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';

// A read-only file system does not keep anybody from connecting to a socket in it, and without a filter of system calls
// nothing else does: so each socket that listens on this host by a path is covered.

/** Absolute paths of unix sockets that are bound on this host now; empty where the kernel does not tell. */
export function boundSockets(table = '/proc/net/unix'): string[] {
  let text: string;
  try {
    text = readFileSync(table, 'latin1');
  } catch {
    return [];
  }
  return [...parseUnixTable(text), ...relativeSockets(text)];
}

/**
 * Sockets that were bound by a relative path, which the kernel keeps as it was given: below the folder that their owner
 * works in now, if it has not moved since. Rare, so that looking for the owners costs nothing usually.
 */
function relativeSockets(text: string, proc = '/proc'): string[] {
  const wanted = new Map<string, string>();
  for (const line of text.split('\n').slice(1)) {
    const found = /^\S+: \S+ \S+ \S+ \S+ \S+ +(\d+) ([^/@].*)$/.exec(line);
    if (found) wanted.set(`socket:[${found[1]}]`, Buffer.from(found[2]!, 'latin1').toString('utf8'));
  }
  if (wanted.size === 0) return [];
  const paths: string[] = [];
  for (const pid of readdirSync(proc)) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const cwd = readlinkSync(`${proc}/${pid}/cwd`);
      for (const fd of readdirSync(`${proc}/${pid}/fd`)) {
        const path = wanted.get(linkOf(`${proc}/${pid}/fd/${fd}`));
        if (path !== undefined) paths.push(resolve(cwd, path));
      }
    } catch {
      // Another user's, or gone.
    }
  }
  return paths;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Parses /proc/net/unix: `Num RefCount Protocol Flags Type St Inode Path`. Abstract names begin with `@`. */
export function parseUnixTable(text: string): string[] {
  const paths = new Set<string>();
  for (const line of text.split('\n').slice(1)) {
    const path = /^\S+: \S+ \S+ \S+ \S+ \S+ +\d+ (\/.*)$/.exec(line)?.[1];
    if (path) paths.add(Buffer.from(path, 'latin1').toString('utf8'));
  }
  return [...paths];
}
