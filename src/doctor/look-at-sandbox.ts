import type { Finding } from '../protocol/findings.ts';
import type { Settings } from '../protocol/settings.ts';
import { fail, ok, warn } from './finding.ts';
import { ask } from './look-at-machine.ts';

/** Whether bubblewrap can make namespaces here. */
export async function lookAtSandbox(
  settings: Pick<Settings, 'sandbox'> | null,
  env: NodeJS.ProcessEnv,
): Promise<Finding> {
  const wanted = settings?.sandbox ?? 'auto';
  if (wanted === 'off')
    return warn('sandbox', 'off, as pawl.yaml says: trials can do what you can', 'sandbox: auto');
  const bad = wanted === 'bubblewrap' ? fail : warn;
  if (process.platform !== 'linux') return bad('sandbox', 'it needs Linux (bubblewrap)');
  const version = await ask('bwrap', ['--version'], env);
  if (version === null)
    return bad(
      'sandbox',
      'bubblewrap is not installed',
      'apt install bubblewrap (or your system’s package of that name)',
    );
  const works = await ask(
    'bwrap',
    [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--unshare-pid',
      '--unshare-net',
      '--die-with-parent',
      'true',
    ],
    env,
    5000,
  );
  if (works === null)
    return bad(
      'sandbox',
      `${version} is not allowed to make namespaces here`,
      'See `bwrap --ro-bind / / --unshare-net true` for the reason; on Ubuntu it needs an AppArmor profile.',
    );
  return ok('sandbox', `${version} works`);
}
