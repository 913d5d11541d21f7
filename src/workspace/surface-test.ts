import { posixPathFault } from './edit-path.ts';
import { surfaceMatcher } from './surface-glob.ts';

// Whatever a glob says, these stay locked: they would change the rules of the game, or what git does with a file.
const alwaysLocked = /(^|\/)(\.git|\.pawl)(\/|$)|(^|\/)\.git(attributes|modules|ignore)$|(^|\/)pawl\.ya?ml$/i;

/**
 * A test for paths (posix, relative to the project): on the surface and editable.
 * Linked inputs and what is below them are never on it.
 */
export function surfaceTest(surface: readonly string[], link: readonly string[]): (path: string) => boolean {
  const matches = surfaceMatcher(surface);
  const links = link.map((path) => path.replace(/^(\.\/+)+/, '').replace(/\/+$/, ''));
  return (path) =>
    posixPathFault(path) === null &&
    !alwaysLocked.test(path) &&
    !links.some((linked) => path === linked || path.startsWith(`${linked}/`)) &&
    matches(path);
}
