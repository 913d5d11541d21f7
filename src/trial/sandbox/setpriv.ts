import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a setpriv(1) that knows --pdeathsig (util-linux 2.33; busybox has one that does not); null without. */
export function findSetpriv(env: NodeJS.ProcessEnv = process.env): string | null {
  if (process.platform !== 'linux') return null;
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'setpriv');
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    const tried = spawnSync(path, ['--pdeathsig', 'KILL', '--', '/bin/sh', '-c', ':'], { timeout: 2000 });
    return tried.status === 0 ? path : null;
  }
  return null;
}
