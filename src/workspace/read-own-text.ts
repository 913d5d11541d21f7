import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ownTextFault } from '../protocol/own-text.ts';

/**
 * A text file of the project's, such as the instructions, read while the run goes on. What came with a repository may be
 * a link to anything: only a plain file inside the project counts, and a pipe never keeps the engine waiting.
 * @param longest bytes; what is beyond is left out
 * @returns null when there is none, or none that may be read
 */
export function readOwnText(project: string, path: string, longest: number): string | null {
  let file: number | null = null;
  try {
    const real = realpathSync(join(project, path));
    if (ownTextFault(realpathSync(project), real) !== null) return null;
    file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return null;
    const bytes = Buffer.alloc(longest);
    // A character that the end cuts in two is nothing that anybody wrote.
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, longest, 0)).replace(/\ufffd$/, '');
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
