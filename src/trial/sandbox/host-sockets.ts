import { readFileSync } from 'node:fs';

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
  return parseUnixTable(text);
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
