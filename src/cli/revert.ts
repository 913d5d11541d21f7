import { UserError } from '../protocol/failure.ts';
import { askEngine } from './ask-engine.ts';
import type { CommandInput } from './command.ts';
import { experimentNumber } from './experiment-number.ts';
import { mustBeGoingOn } from './going-on.ts';
import { ownProject } from './own-project.ts';

/** `pawl revert <n>` */
export async function run(input: CommandInput): Promise<number> {
  const n = experimentNumber(input.args[0]);
  if (n === null)
    throw new UserError('pawl revert takes the number of an experiment; 0 is the baseline. See: pawl list');
  const { socket } = await mustBeGoingOn(await ownProject(input));
  return askEngine(socket, {
    type: 'revert',
    target: n === 0 ? { to: 'baseline' } : { to: 'experiment', n },
  });
}
