import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bwrap, type BwrapFlags, bwrapArguments } from './layout.ts';
import { planSandbox } from './plan.ts';

// Whether bubblewrap works here is not a question of versions and sysctls but of trying it, with the flags that a trial
// gets: it is refused by AppArmor, by seccomp in containers, by sysctls, and each of them at another flag.

export type Probe = { bwrap: Bwrap } | { bwrap: null; kind: ProbeFailure; said: string };

/** Why not: each has another mend. */
export type ProbeFailure = 'not-linux' | 'missing' | 'refused' | 'silent';

const variants: readonly BwrapFlags[] = [
  { userNamespace: true, closedUserNamespace: true, sizes: true },
  { userNamespace: true, closedUserNamespace: false, sizes: true },
  { userNamespace: true, closedUserNamespace: false, sizes: false },
];
const deadlineMs = 5000;

/**
 * Tries bubblewrap with the flags of a trial, the strictest first. Takes about 20 ms where it works.
 * @param path the program; looked for on the PATH of `env` when left out
 */
export async function probeSandbox(env: NodeJS.ProcessEnv = process.env, path = 'bwrap'): Promise<Probe> {
  if (process.platform !== 'linux') return { bwrap: null, kind: 'not-linux', said: '' };
  const asked = await say(path, ['--version'], env);
  if (asked === null) return { bwrap: null, kind: 'missing', said: '' };
  const version = /\d+(\.\d+)+/.exec(asked.out)?.[0] ?? '?';
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-probe-')));
  try {
    const layout = planSandbox({
      grounds: { worktree: folder, tracked: [], inputs: [], project: folder },
      cwd: folder,
      writable: [],
      pinned: true,
      env,
      emptyFolder: folder,
    });
    let said = '';
    for (const flags of variants) {
      const tried = await say(path, [...bwrapArguments(layout, flags), '/bin/sh', '-c', ':'], env);
      if (tried?.code === 0) return { bwrap: { path, version, flags } };
      said ||= tried?.err.trim().split('\n').at(-1) ?? '';
      // An old version does not know the flag; a refusal is worth trying without it, too, and costs 10 ms.
      if (tried?.err && !/Unknown option|userns|namespace/i.test(tried.err)) said = tried.err.trim();
    }
    return { bwrap: null, kind: said === '' ? 'silent' : 'refused', said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program; null when there is none of that name. */
function say(
  path: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; out: string; err: string } | null> {
  return new Promise((resolve) => {
    // One more descriptor: the status that a trial's bubblewrap writes.
    const child = spawn(path, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdio[3]?.on('error', () => {}).on('data', () => {});
    const killAll = (): void => {
      try {
        // The whole group: of a bubblewrap that dies while it sets up, the inner half would wait for ever.
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // Nothing is left.
      }
    };
    const late = setTimeout(killAll, deadlineMs);
    child.once('error', () => {
      clearTimeout(late);
      resolve(null);
    });
    child.once('exit', killAll);
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ code, out, err });
    });
  });
}
