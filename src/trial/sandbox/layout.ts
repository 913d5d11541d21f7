// What a sandboxed command sees, as bubblewrap's argument list. Pure: the plan has looked at the disk already.

/** Flags that newer versions of bubblewrap have; found by the probe. */
export interface BwrapFlags {
  /** A user namespace of its own, so that the command holds no capability even when pawl runs as root. */
  userNamespace: boolean;
  /** No further user namespaces inside (bubblewrap 0.8). */
  closedUserNamespace: boolean;
  /** A limit for in-memory folders (bubblewrap 0.7). */
  sizes: boolean;
}

/** bubblewrap as the probe found it to work. */
export interface Bwrap {
  path: string;
  version: string;
  flags: BwrapFlags;
}

/** All paths absolute and real (no symbolic link on the way), save the destinations of `shown`. */
export interface SandboxLayout {
  /** Device files that are passed through. */
  devices: readonly string[];
  /** Folders that become empty, in memory, and writable: /tmp, /run and their like. */
  emptied: readonly string[];
  /** Folders of the user's that their own settings let every trial write to; what is secret in them is hidden all the same. */
  opened: readonly string[];
  /** Seen again below an emptied or hidden folder, read-only. */
  shown: readonly (readonly [source: string, destination: string])[];
  /** Folders of which only an empty one is seen. */
  hiddenFolders: readonly string[];
  /** Files and sockets that cannot be opened. */
  hiddenFiles: readonly string[];
  /** Folders in which nothing is seen but what is shown or made writable below them. */
  closed: readonly string[];
  /** Read-only and writable places in the order in which they are laid over one another. */
  places: readonly { path: string; writable: boolean }[];
  /** An empty folder that the command cannot write to, for `hiddenFolders`. */
  emptyFolder: string;
  cwd: string;
  /** Most that all in-memory folders may hold together, bytes. */
  memoryBytes: number;
}

/** What in /proc changes the machine and not the process. */
const kernelFiles = [
  '/proc/sys',
  '/proc/sysrq-trigger',
  '/proc/irq',
  '/proc/bus',
  '/proc/fs',
  '/proc/acpi',
  '/proc/scsi',
];

/** Where bubblewrap says the pid of the sandbox's first process. */
export const statusFd = 3;

/** The arguments up to, and with, `--`. */
export function bwrapArguments(layout: SandboxLayout, flags: BwrapFlags): string[] {
  // What lies in memory counts for nobody's process: all of it together must leave the machine its memory.
  const memory = (path: string, share: number): string[] => [
    ...(flags.sizes ? ['--size', String(Math.max(65_536, Math.floor(layout.memoryBytes * share)))] : []),
    '--tmpfs',
    path,
  ];
  const shareOf = (path: string): number =>
    path === '/tmp' ? 0.375 : 0.125 / Math.max(1, layout.emptied.length);
  return [
    ...(flags.userNamespace ? ['--unshare-user'] : []),
    ...(flags.closedUserNamespace ? ['--disable-userns'] : []),
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--json-status-fd', String(statusFd)],
    ...['--ro-bind', '/', '/'],
    ...['--proc', '/proc', '--dev', '/dev'],
    // Root without capabilities still owns these files: /proc/sys/kernel/core_pattern names a program that runs outside.
    ...kernelFiles.flatMap((path) => ['--ro-bind-try', path, path]),
    // After --dev, which would hide them; a plain bind would make them useless (nodev).
    ...layout.devices.flatMap((path) => ['--dev-bind-try', path, path]),
    ...memory('/dev/shm', 0.5),
    ...layout.emptied.flatMap((path) => memory(path, shareOf(path))),
    ...layout.opened.flatMap((path) => ['--bind-try', path, path]),
    ...layout.hiddenFolders.flatMap((path) => ['--ro-bind', layout.emptyFolder, path]),
    ...layout.hiddenFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    // Only the places to mount on.
    ...layout.closed.flatMap((path) => memory(path, 0)),
    ...layout.shown.flatMap(([from, to]) => ['--ro-bind-try', from, to]),
    ...layout.places.flatMap(({ path, writable }) => [writable ? '--bind' : '--ro-bind', path, path]),
    // Their own memory has no other bound.
    ...['/dev', ...layout.closed].flatMap((path) => ['--remount-ro', path]),
    ...['--chdir', layout.cwd, '--'],
  ];
}
