import type { CommandSpec, OptionSpec } from './command.ts';
import { commands } from './commands.ts';

/** The version that package.json names; the bundler puts it in. */
export const version: string = process.env.PAWL_VERSION ?? '0.1.0';

/** `pawl --help`. */
export function overview(): string {
  const width = Math.max(...commands.map((c) => usage(c).length));
  return [
    'pawl: overnight research on one workstation. A local model (or the built-in tuner) proposes a change,',
    'pawl trains in a fixed time box, measures one number, and keeps what really got better as a git commit.',
    '',
    'Usage: pawl <command> [options]',
    '',
    ...commands.map((c) => `  ${usage(c).padEnd(width)}  ${c.summary}`),
    '',
    'pawl <command> --help shows its options. First time? Run: pawl demo',
    'Exit codes: 0 fine, 1 the run failed, 2 usage or config, 3 the environment is not ready.',
    '',
  ].join('\n');
}

/** `pawl <command> --help`. */
export function commandHelp(command: CommandSpec): string {
  const options = Object.entries(command.options);
  const width = Math.max(0, ...options.map(([name, option]) => flag(name, option).length));
  return [
    `pawl ${command.name}: ${command.summary}`,
    '',
    `Usage: pawl ${usage(command)}${options.length > 0 ? ' [options]' : ''}`,
    ...(command.detail ? ['', command.detail] : []),
    ...(options.length > 0
      ? [
          '',
          'Options:',
          ...options.map(([name, option]) => `  ${flag(name, option).padEnd(width)}  ${option.help}`),
        ]
      : []),
    '',
  ].join('\n');
}

/** Command and its arguments, as typed. */
function usage(command: CommandSpec): string {
  return command.args ? `${command.name} ${command.args}` : command.name;
}

function flag(name: string, option: OptionSpec): string {
  const short = option.short ? `-${option.short}, ` : '    ';
  return `${short}--${name}${option.type === 'string' ? ` ${option.value ?? 'X'}` : ''}`;
}
