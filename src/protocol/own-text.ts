import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { relative, sep } from 'node:path';
import { isHouseName, plainName } from './house-names.ts';
import { isSecretFile, isSecretPlace, secretPlaces } from './secret-places.ts';

/**
 * Why a file of the project is no text for a model, or null when it may be one. What came with a repository may name
 * anything, or be a link to it; and the project may be a home folder, or the place that dotfiles are linked to.
 * @param project real path @param file real path
 */
export function ownTextFault(project: string, file: string, homes = usersHomes()): string | null {
  const steps = relative(project, file).split(sep);
  if (steps[0] === '..') return 'lies outside the project';
  if (steps.some(isHouseName)) return 'is inside .git or .pawl';
  if (steps.map(plainName).some(isSecretFile)) return 'is a place of secrets';
  return liesAmongSecrets(project, file, homes) ? 'is a place of secrets' : null;
}

/**
 * Whether a file or folder is one of the places that trials do not see, or lies in one.
 * @param project real path @param path real path @param homes folders that hold secrets in the usual places
 */
export function liesAmongSecrets(project: string, path: string, homes = usersHomes()): boolean {
  const places = secretPlaces(homes, true).flatMap((place) => [place, ...real(place)]);
  // A project that lies in such a place itself was put there by its user.
  return isSecretPlace(
    path,
    places.filter((place) => !isSecretPlace(project, [place])),
  );
}

/** As the environment and the system say. */
function usersHomes(): string[] {
  return [...new Set([process.env.HOME, homedir()])].filter((home) => home !== undefined);
}

function real(path: string): string[] {
  try {
    return [realpathSync.native(path)];
  } catch {
    return [];
  }
}
