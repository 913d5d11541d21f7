import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir, tmpdir, totalmem } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { isSecretFile, secretPlaces } from '../../protocol/secret-places.ts';
import { acceleratorDevices } from './devices.ts';
import { boundSockets } from './host-sockets.ts';
import type { SandboxLayout } from './layout.ts';
import { worktreePlaces } from './writable.ts';

/** The ground a command stands on: what git and pawl know of its folders. Absolute real paths unless said otherwise. */
export interface Grounds {
  /** Root of the worktree. */
  worktree: string;
  /** Tracked files but no symbolic links, posix, relative to the worktree. */
  tracked: readonly string[];
  /** Those of them that an experiment may change: their folders are writable. */
  surface?: readonly string[];
  /** Read-only inputs outside the worktree: linked data, the repository's git folder. */
  inputs: readonly string[];
  /** The project's folder in the user's checkout. */
  project: string;
}

export interface PlanRequest {
  grounds: Grounds;
  /** Folder that the command runs in, inside the worktree. */
  cwd: string;
  /** Folders outside the worktree that the command may write to. */
  writable: readonly string[];
  /** False leaves tracked files writable: for a check, after which they are brought back anyway. */
  pinned: boolean;
  env: NodeJS.ProcessEnv;
  emptyFolder: string;
  /** Folders of the user's that every trial may write to; real paths. */
  opened?: readonly string[];
}

/** Where sockets and other people's files lie; a command gets empty ones of its own. */
const commonlyEmptied = ['/tmp', '/var/tmp', '/run', '/var/run', '/mnt/wslg'];
/** What programs need from /run: drivers and the system itself (NixOS). */
const neededFromRun = ['/run/opengl-driver', '/run/opengl-driver-32', '/run/current-system', '/run/nvidia'];

/** Looks at this machine and decides what one command may see. Synchronous: some two hundred `stat`s, about 1 ms. */
export function planSandbox(request: PlanRequest): SandboxLayout {
  const { grounds, env } = request;
  const homes = [...new Set([env.HOME, homedir()])].flatMap((home) => real(home) ?? []);
  const pawl = real(join(grounds.project, '.pawl'));
  const emptied = emptiedFolders(env, homes);
  const closed = pawl ? [pawl] : [];
  const gone = [...emptied, ...closed];
  const hidden = hiddenPlaces(request, homes).filter((path) => !isBelow(path, gone));
  const folders = hidden.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  const files = hidden.filter((path) => !folders.includes(path));
  const sockets = boundSockets().flatMap((path) => {
    const place = real(path);
    const seen = place && !isBelow(place, gone) && !isBelow(place, folders);
    return seen && lstatSync(place, { throwIfNoEntry: false })?.isSocket() ? [place] : [];
  });
  return {
    devices: acceleratorDevices(),
    emptied,
    shown: [
      ...neededFromRun.map((path) => [path, path] as const),
      ...programFolders(env, emptied, [...homes, grounds.project]),
      ...shownInputs(grounds.inputs, [...gone, ...folders]),
    ],
    hiddenFolders: folders,
    hiddenFiles: [...new Set([...files, ...sockets])],
    closed,
    places: placesOf(request),
    emptyFolder: request.emptyFolder,
    cwd: request.cwd,
    memoryBytes: Math.floor(totalmem() / 2),
    opened: (request.opened ?? []).filter((path) => existsSync(path)),
  };
}

function real(path: string | undefined): string | null {
  if (!path) return null;
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** True for one of `folders` and for whatever lies below one. */
function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function emptiedFolders(env: NodeJS.ProcessEnv, homes: readonly string[]): string[] {
  const out: string[] = [];
  for (const path of [...commonlyEmptied, env.XDG_RUNTIME_DIR, env.TMPDIR, tmpdir()]) {
    const place = real(path);
    if (!place || place === '/' || isBelow(place, out) || !statSync(place).isDirectory()) continue;
    // A temporary folder that is a home, or holds one, cannot be emptied; only what is secret in it is hidden.
    if (homes.some((home) => isBelow(home, [place])) && !commonlyEmptied.includes(place)) continue;
    out.push(place);
  }
  return out;
}

/** Real paths of secrets that exist. */
function hiddenPlaces({ grounds, env }: PlanRequest, homes: readonly string[]): string[] {
  const asRoot = process.getuid?.() === 0;
  const config = env.XDG_CONFIG_HOME
    ? [join(env.XDG_CONFIG_HOME, 'pawl'), join(env.XDG_CONFIG_HOME, 'gh')]
    : [];
  const beside = existsSync(grounds.project)
    ? readdirSync(grounds.project)
        .filter(isSecretFile)
        .map((name) => join(grounds.project, name))
    : [];
  const inputs = new Set(grounds.inputs.flatMap((path) => real(path) ?? []));
  const found = [...secretPlaces(homes, asRoot), ...config, ...beside].flatMap((path) => real(path) ?? []);
  return [...new Set(found)].filter((path) => !inputs.has(path));
}

/**
 * Programs on the PATH that lie in an emptied folder, each with its whole installation where that is plain to see: the
 * folder around its `bin`, unless that is one in which somebody lives or works.
 */
function programFolders(
  env: NodeJS.ProcessEnv,
  emptied: readonly string[],
  inhabited: readonly string[],
): [string, string][] {
  const out: [string, string][] = [];
  for (const entry of (env.PATH ?? '').split(delimiter)) {
    if (!entry.startsWith('/') || !isBelow(entry, emptied)) continue;
    const around = dirname(entry);
    const whole = /^\.?bin$/.test(basename(entry)) && !inhabited.some((place) => isBelow(place, [around]));
    const folder = whole ? around : entry;
    const source = real(folder);
    // Never an emptied folder itself: `/tmp` on the PATH does not bring everything back.
    if (source && isBelow(folder, emptied) && !emptied.includes(folder)) out.push([source, folder]);
  }
  return out;
}

/** Inputs that are hidden where they lie are shown again, also under the name that a link uses. */
function shownInputs(inputs: readonly string[], hidden: readonly string[]): [string, string][] {
  return inputs.flatMap((path) => {
    const source = real(path);
    if (!source) return [];
    return [...new Set([source, path])]
      .filter((place) => isBelow(place, hidden))
      .map((place): [string, string] => [source, place]);
  });
}

function placesOf({ grounds, cwd, writable, pinned }: PlanRequest): SandboxLayout['places'] {
  const { worktree } = grounds;
  const relative = cwd === worktree ? '' : cwd.slice(worktree.length + 1);
  const within = (path: string) => (path === '' ? worktree : join(worktree, path));
  const places = pinned
    ? worktreePlaces(grounds.tracked, relative, grounds.surface).places
    : [{ path: '', writable: true }];
  const dotGit = join(worktree, '.git');
  return [
    ...places.map((place) => ({ path: within(place.path), writable: place.writable })),
    ...(existsSync(dotGit) ? [{ path: dotGit, writable: false }] : []),
    ...writable.map((path) => ({ path, writable: true })),
  ];
}
