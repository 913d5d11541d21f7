import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join, relative } from 'node:path';
import { commands } from './commands.ts';

/** How this program was started. */
export interface Started {
  /** The launcher's path. */
  launcher: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

const now = (): Started => ({ launcher: process.argv[1] ?? 'pawl', cwd: process.cwd(), env: process.env });

/** What the user has to type for `pawl`: the word itself where it is on the path, else as they have started it. */
export function ownCommand({ launcher, cwd, env }: Started = now()): string {
  if (onPath(env.PATH ?? '')) return 'pawl';
  if (env.npm_command === 'exec') return 'npx pawl';
  // npm runs scripts in the package's folder; the user may be elsewhere.
  const here = relative(env.INIT_CWD ?? cwd, launcher);
  const path = here.startsWith('..') || isAbsolute(here) ? launcher : here;
  return `node ${/^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
}

/** Folders that npm and npx put on the path are gone when they have ended. */
function onPath(path: string): boolean {
  return path
    .split(delimiter)
    .some(
      (folder) =>
        folder !== '' && !/node_modules[\\/]\.bin[\\/]?$/.test(folder) && isExecutable(join(folder, 'pawl')),
    );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The text with commands of pawl as the user can type them. Only for words of our own: a log or a diff stays as it is. */
export function asTyped(text: string, own = ownCommand()): string {
  if (own === 'pawl') return text;
  const names = commands.map(({ name }) => name).join('|');
  return text.replace(new RegExp(`(?<![\\w/.-])pawl (?=(?:${names})(?![\\w-]))`, 'g'), () => `${own} `);
}
