import { loadUserConfig } from '../config/user-config.ts';
import { keysData, keysMarkdown, keysText } from '../screen/keys/keys-doc.ts';
import { rebind } from '../screen/keys/rebind.ts';
import type { CommandInput } from './command.ts';

/** `pawl keys`: the keys in force. @returns 2 when the user's own settings have a mistake. */
export async function run({ options }: CommandInput): Promise<number> {
  // The document shows the keys as shipped, whoever writes it.
  if (options.markdown) {
    process.stdout.write(`${keysMarkdown()}\n`);
    return 0;
  }
  const user = loadUserConfig();
  const { bindings, problems } = rebind(user.settings.keys, user.where);
  if (options.json) for (const line of keysData(bindings)) process.stdout.write(`${JSON.stringify(line)}\n`);
  else
    process.stdout.write(
      `${keysText(bindings)}\n\nYour own keys: write \`keys: {hold: P, hold-now: null}\` in ${user.path}\n(names: pawl keys --json).\n`,
    );
  const wrong = [...user.problems, ...problems];
  for (const problem of wrong) process.stderr.write(`pawl: ${problem}\n`);
  return wrong.length > 0 ? 2 : 0;
}
