import { plainName } from '../protocol/house-names.ts';
import { posixPathFault } from './edit-path.ts';
import { surfaceMatcher } from './surface-glob.ts';

// Whatever a glob says, these stay locked: they would change the rules of the game, or what git does with a file.
// posixPathFault keeps everything out of .git and .pawl.
const alwaysLocked = /^(\.git(attributes|modules|ignore)|pawl\.ya?ml)$/;

/**
 * A test for paths (posix, relative to the project): on the surface and editable.
 * Linked inputs and what is below them are never on it.
 */
export function surfaceTest(surface: readonly string[], link: readonly string[]): (path: string) => boolean {
  const matches = surfaceMatcher(surface);
  const links = link.map((path) => path.replace(/^(\.\/+)+/, '').replace(/\/+$/, ''));
  return (path) =>
    posixPathFault(path) === null &&
    !alwaysLocked.test(plainName(path.slice(path.lastIndexOf('/') + 1))) &&
    !links.some((linked) => path === linked || path.startsWith(`${linked}/`)) &&
    matches(path);
}
