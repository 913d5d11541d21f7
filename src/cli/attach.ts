import type { CommandInput } from './command.ts';
import { mustBeGoingOn } from './going-on.ts';
import { ownProject } from './own-project.ts';
import { watchOptions } from './run-options.ts';
import { watch } from './watch.ts';

/** `pawl attach` */
export async function run(input: CommandInput): Promise<number> {
  return watch({ ...(await mustBeGoingOn(await ownProject(input))), owner: false }, watchOptions(input));
}
