import { keysMarkdown, keysText } from '../screen/keys/keys-doc.ts';
import type { CommandInput } from './command.ts';

/** `pawl keys` */
export async function run(input: CommandInput): Promise<number> {
  process.stdout.write(`${input.options.markdown ? keysMarkdown() : keysText()}\n`);
  return 0;
}
