import { createInterface } from 'node:readline/promises';
import { UserError } from '../protocol/failure.ts';

/**
 * Asks on the terminal; only `y` or `yes` is a yes, Ctrl-C and the end of the input are a no.
 * @throws UserError(`unasked`) where there is nobody to ask.
 */
export async function askYes(question: string, unasked: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UserError(unasked);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} y/N `)).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
