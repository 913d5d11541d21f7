import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where drivers put nvidia-smi without touching the PATH: WSL, container toolkits, Windows. */
export const nvidiaPlaces: readonly string[] =
  process.platform === 'win32'
    ? [join(process.env.SystemRoot ?? 'C:\\Windows', 'System32')]
    : ['/usr/bin', '/usr/lib/wsl/lib', '/usr/local/nvidia/bin'];

/**
 * The full path of an executable on the PATH of `env`, else in `places`; null when it is nowhere.
 * A handful of stat calls: cheap enough to do in the caller's loop.
 */
export function findProgram(
  name: string,
  env: NodeJS.ProcessEnv,
  places: readonly string[] = [],
): string | null {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter), ...places];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, file);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
