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
  /** Most that an in-memory folder may hold, bytes. */
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
  const memory = (path: string): string[] => [
    ...(flags.sizes ? ['--size', String(layout.memoryBytes)] : []),
    '--tmpfs',
    path,
  ];
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
    ...layout.emptied.flatMap(memory),
    ...layout.hiddenFolders.flatMap((path) => ['--ro-bind', layout.emptyFolder, path]),
    ...layout.hiddenFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...layout.closed.flatMap(memory),
    ...layout.shown.flatMap(([from, to]) => ['--ro-bind-try', from, to]),
    ...layout.places.flatMap(({ path, writable }) => [writable ? '--bind' : '--ro-bind', path, path]),
    ...['--chdir', layout.cwd, '--'],
  ];
}
