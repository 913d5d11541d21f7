import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { EnvironmentFailure, UserError } from '../protocol/failure.ts';
import type { CommandInput, CommandSpec } from './command.ts';
import { commands, innerCommands } from './commands.ts';
import { commandHelp, overview, version } from './help.ts';
import { tell } from './print.ts';

/**
 * Runs one command line (without `node pawl`).
 * @returns the exit code: 0 fine, 1 the run failed, 2 usage or config, 3 the environment is not ready.
 */
export async function run(argv: string[]): Promise<number> {
  leaveWithReader();
  try {
    return await dispatch(argv);
  } catch (error) {
    if (error instanceof UserError) {
      tell(error.message);
      return error.exitCode;
    }
    // What git or the disk refuses is nobody's fault in here: no stack.
    if (error instanceof EnvironmentFailure) {
      tell(`${error.message}. ${error.next}`);
      return 3;
    }
    tell((error as Error)?.stack ?? String(error));
    return 1;
  }
}

/** `pawl list | head`: a reader that has seen enough is no error. */
function leaveWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

async function dispatch(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  const inner = name === undefined ? undefined : innerCommands[name];
  if (inner) return (await inner()).run(rest);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' && rest[0] ? find(rest[0]) : null;
    process.stdout.write(about ? commandHelp(about) : overview());
    return 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = find(name);
  const input = parse(command, rest);
  if (input.options.help) {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  return (await command.load()).run(input);
}

function find(name: string): CommandSpec {
  const command = commands.find((c) => c.name === name);
  if (command) return command;
  const names = commands.map((c) => c.name);
  const guess = nearest(name, names);
  throw new UserError(
    `there is no command '${name}'. ${guess ? `Did you mean '${guess}'?` : `Commands: ${names.join(', ')}.`}`,
  );
}

function parse(command: CommandSpec, argv: string[]): CommandInput {
  const options = {
    help: { type: 'boolean', short: 'h' } as const,
    // Where the argument is a run, `--tag` names it as well: who has learned one need not learn the other.
    ...(namesRun(command) ? { tag: { type: 'string' } as const } : {}),
    ...Object.fromEntries(
      Object.entries(command.options).map(([name, { type, short }]) => [
        name,
        short ? { type, short } : { type },
      ]),
    ),
  };
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const most = command.args === '' ? 0 : 1;
    if (positionals.length > most) {
      throw new UserError(`pawl ${command.name} does not take '${positionals[most]}'`);
    }
    const given = values as CommandInput['options'];
    return namesRun(command) ? withRun(command, given, positionals) : { options: given, args: positionals };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const unknown = /Unknown option '(-+([^']+))'/.exec((error as Error).message);
    const guess = unknown ? nearest(unknown[2]!, Object.keys(command.options)) : null;
    const what = unknown
      ? `pawl ${command.name} has no option ${unknown[1]}`
      : (error as Error).message.split('. ')[0];
    throw new UserError(
      `${what}. ${guess ? `Did you mean --${guess}?` : `See: pawl ${command.name} --help`}`,
    );
  }
}

/** The command's argument is the run that it is about. */
const namesRun = (command: CommandSpec) => command.args === '[tag]';

/** The run, whichever way it was named, in both places. @throws UserError for two different ones */
function withRun(command: CommandSpec, options: CommandInput['options'], args: string[]): CommandInput {
  const [named] = args;
  const tag = (options.tag as string | undefined) ?? named;
  if (tag === undefined) return { options, args };
  if (named !== undefined && named !== tag)
    throw new UserError(`pawl ${command.name} is about one run: '${named}' or '${tag}'?`);
  return { options: { ...options, tag }, args: [tag] };
}
