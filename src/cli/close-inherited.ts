import { closeSync, fstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** O_CLOEXEC as /proc shows it. */
const closedOnExec = 0o2000000;

/**
 * Closes files and folders that whoever started this process left open. A child inherits them, and an open folder is a
 * way out of any sandbox. Standard streams and descriptor 3 stay; pipes and sockets may be Node's own, and so is what is
 * marked to be closed on exec: nothing that was inherited is, and another thread may be reading it. A thread of Node also
 * reads certificates at the start, and opens these without that mark: closed under it, it would close whatever gets
 * their number next.
 */
export function closeInherited(): void {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fd');
  } catch {
    return;
  }
  const certificates = certificateFiles(process.env);
  for (const name of names) {
    const fd = Number(name);
    if (fd <= 3) continue;
    try {
      const stat = fstatSync(fd);
      const target = readlinkSync(`/proc/self/fd/${name}`);
      if (!(stat.isDirectory() || stat.isFile()) || !target.startsWith('/')) continue;
      if (stat.isFile() && certificates(target)) continue;
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1];
      if (flags === undefined || (Number.parseInt(flags, 8) & closedOnExec) !== 0) continue;
      closeSync(fd);
    } catch {
      // The folder that we are reading, closed by now.
    }
  }
}

const certificateFolders = [
  '/etc/ssl/certs/',
  '/etc/pki/tls/certs/',
  '/etc/pki/ca-trust/',
  '/etc/ca-certificates/',
  '/usr/share/ca-certificates/',
  '/usr/local/share/ca-certificates/',
];

/** Tells files that Node may be reading certificates from: NODE_EXTRA_CA_CERTS, and the system's, all public. */
function certificateFiles(env: NodeJS.ProcessEnv): (path: string) => boolean {
  const named = [env.NODE_EXTRA_CA_CERTS, env.SSL_CERT_FILE].flatMap((path) => {
    try {
      return path ? [realpathSync(path)] : [];
    } catch {
      return [];
    }
  });
  return (path) => named.includes(path) || certificateFolders.some((folder) => path.startsWith(folder));
}
