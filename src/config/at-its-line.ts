import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../protocol/failure.ts';
import { configName } from './load-config.ts';

/** Fields that name files: whether those exist is known only where the project is looked at. */
const aboutFiles = /^(surface|link): (?:"([^"]+)"|(\S+))/;

/**
 * An error about a file that pawl.yaml names, with the line that names it in front; any other error as it is.
 * @returns an error, to be thrown
 */
export function atItsLine(error: unknown, projectDir: string): unknown {
  if (!(error instanceof UserError)) return error;
  const [, field, quoted, bare] = aboutFiles.exec(error.message) ?? [];
  if (field === undefined) return error;
  let lines: string[];
  try {
    lines = readFileSync(join(projectDir, configName), 'utf8').split('\n');
  } catch {
    return error;
  }
  const key = lines.findIndex((line) => new RegExp(`^["']?${field}["']?\\s*:`).test(line));
  if (key < 0) return error;
  // The entry may stand on a line of its own, below its key.
  const end = lines.findIndex((line, i) => i > key && /^["'\w]/.test(line));
  const entry = lines.findIndex(
    (line, i) => i >= key && (end < 0 || i < end) && line.includes((quoted ?? bare)!.replace(/,$/, '')),
  );
  const at = (entry < 0 ? key : entry) + 1;
  return new UserError(`${configName}:${at}: ${error.message}`, error.exitCode as 2 | 3, { cause: error });
}
