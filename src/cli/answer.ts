import { UserError } from '../protocol/failure.ts';
import { askEngine } from './ask-engine.ts';
import type { CommandInput } from './command.ts';
import { mustBeGoingOn } from './going-on.ts';
import { ownProject } from './own-project.ts';

/** `pawl answer keep|discard` */
export async function run(input: CommandInput): Promise<number> {
  const [decision] = input.args;
  if (decision !== 'keep' && decision !== 'discard')
    throw new UserError(
      'pawl answer takes keep or discard: what becomes of the result that the run asks about',
    );
  const { socket } = await mustBeGoingOn(await ownProject(input));
  return askEngine(socket, { type: 'release', decision });
}
