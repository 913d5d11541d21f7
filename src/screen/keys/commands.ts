import type { CommandInfo } from './command-info.ts';
import { lookingCommands } from './looking-commands.ts';
import { paneCommands } from './pane-commands.ts';
import { screenCommands } from './screen-commands.ts';
import { steeringCommands } from './steering-commands.ts';

// Every act of the screen has a name here. Hints, help, the key document, the palette and the user's own bindings read
// this table; nothing else in the screen names a key.

/** All acts, in the order in which lists show them. */
export const commandTable = { ...steeringCommands, ...lookingCommands, ...paneCommands, ...screenCommands };

export type CommandId = keyof typeof commandTable;
/** All that a key can do. */
export const commandIds = Object.keys(commandTable) as CommandId[];

/** The entry of a command, with its optional fields. */
export function commandInfo(id: CommandId): CommandInfo {
  return commandTable[id];
}

/** `none`: looks only. `act`: tells the engine, `u` takes it back. `costs`: something may be lost, so it asks first. */
export type Danger = 'none' | 'act' | 'costs';

/** How much care a command needs. */
export function dangerOf(id: CommandId): Danger {
  const info = commandInfo(id);
  return info.costs ? 'costs' : info.act ? 'act' : 'none';
}
