import { realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../protocol/failure.ts';
import { isHouseName } from '../../protocol/house-names.ts';
import { isSecretPlace, secretPlaces } from '../../protocol/secret-places.ts';

/**
 * Folders that the user opens to all trials (`sandbox.writable` in their own config.yaml), as real paths; those that do
 * not exist are left out.
 * @throws UserError for one that would undo the sandbox: a secret place, or a folder that holds the home
 */
export function ownWritable(folders: readonly string[], home: string, where: string): string[] {
  const secrets = secretPlaces([home, real(home) ?? home], true).flatMap((path) => [
    path,
    real(path) ?? path,
  ]);
  return folders.flatMap((folder) => {
    const path = folder === '~' || folder.startsWith('~/') ? join(home, folder.slice(1)) : folder;
    const refuse = (why: string): never => {
      throw new UserError(`${where}: ${folder} ${why}. Name the one folder that your programs write to.`, 2);
    };
    if (!isAbsolute(path)) return refuse('is not an absolute path (or one that begins with ~/)');
    const place = real(path);
    if (place === null) return [];
    const within = (inner: string, outer: string) =>
      inner === outer || inner.startsWith(`${outer.replace(/\/$/, '')}/`);
    if (within(real(home) ?? home, place)) return refuse('holds your home folder');
    if (isSecretPlace(place, secrets)) return refuse('is a place of secrets');
    if (place.split('/').some(isHouseName)) return refuse('is inside .git or .pawl');
    return [place];
  });
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
