import { askEngine } from './ask-engine.ts';
import type { CommandInput } from './command.ts';
import { mustBeGoingOn } from './going-on.ts';
import { projectDir } from './project-dir.ts';

/** `pawl stop` */
export async function run(input: CommandInput): Promise<number> {
  const { socket } = await mustBeGoingOn(projectDir(input));
  return askEngine(socket, { type: 'stop', when: input.options.now ? 'now' : 'after-trial' });
}
