import { cleanLines, jsonLine } from '../protocol/clean.ts';
import { maskSecrets } from '../protocol/secrets.ts';

// All that a command prints goes through here: an error of git, a file's name, a hypothesis may hold anything.

/** Text of one or many lines, harmless to a terminal and without secrets (also those with colours in them). */
export function printable(text: string): string {
  return maskSecrets(cleanLines(text).join('\n'));
}

/** Lines on standard output. */
export function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** One line of JSON on standard output. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}

/** Lines on standard error, in pawl's name. */
export function tell(text: string): void {
  process.stderr.write(`pawl: ${printable(text)}\n`);
}
