/** An option of a command, as `--help`, the parser and the README know it. */
export interface OptionSpec {
  type: 'boolean' | 'string';
  /** One letter. */
  short?: string;
  /** What to show for the value, such as `N` or `DIR`. */
  value?: string;
  help: string;
}

export interface CommandSpec {
  name: string;
  /** Arguments for the usage line, such as `<n>`. */
  args: string;
  summary: string;
  /** More sentences for `pawl <command> --help`. */
  detail?: string;
  options: Record<string, OptionSpec>;
  /** Loads the command's code only when it is run: start-up stays short. */
  load(): Promise<{ run(input: CommandInput): Promise<number> }>;
}

export interface CommandInput {
  options: Record<string, string | boolean | undefined>;
  args: string[];
}
