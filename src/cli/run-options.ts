import { join } from 'node:path';
import { noDuration, parseDuration } from '../config/durations.ts';
import { oneVerifiesNothing } from '../config/schema.ts';
import { userConfigDir } from '../config/user-config.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import type { Overrides } from '../protocol/events.ts';
import { UserError } from '../protocol/failure.ts';
import { choosableThemes } from '../screen/theme/choose-look.ts';
import { builtInNames } from '../screen/theme/themes.ts';
import { userTheme } from '../screen/theme/user-themes.ts';
import type { CommandInput } from './command.ts';

/** The overrides of pawl.yaml that `run`, `resume` and `demo` take. @throws UserError naming the option. */
export function runOverrides({ options }: CommandInput): Pick<EngineOptions, 'seed' | 'overrides'> {
  const overrides: Overrides = {};
  const whole = (name: string, least: number): number | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < least) {
      throw new UserError(`--${name} takes a whole number from ${least}, not '${text}'`);
    }
    return number;
  };
  const time = (name: string): number | undefined => {
    const text = options[name] as string | undefined;
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === null) throw new UserError(`--${name}: ${noDuration(text)}`);
    return ms;
  };
  const experiments = whole('experiments', 1);
  const seed = whole('seed', 0);
  const verify = whole('verify', 0);
  if (verify === 1) throw new UserError(`--verify 1: ${oneVerifiesNothing}`);
  const afterMs = time('after');
  const budgetMs = time('budget');
  const proposer = options.proposer;
  if (experiments !== undefined) overrides.experiments = experiments;
  if (afterMs !== undefined) overrides.afterMs = afterMs;
  if (budgetMs !== undefined) overrides.budgetMs = budgetMs;
  if (verify !== undefined) overrides.verify = verify;
  if (options['no-sandbox'] === true) overrides.sandbox = 'off';
  if (options.model !== undefined) overrides.model = String(options.model);
  if (proposer !== undefined) {
    const known = askable.find((name) => name === proposer);
    if (!known)
      throw new UserError(
        `--proposer takes ${askable.slice(0, -1).join(', ')} or ${askable.at(-1)}, not '${proposer}'`,
      );
    overrides.proposer = known;
  }
  return seed === undefined ? { overrides } : { seed, overrides };
}

const askable = ['auto', 'ollama', 'tuner', 'hybrid', 'panel'] as const;

/** How the run is watched. */
export interface WatchOptions {
  headless: boolean;
  json: boolean;
  theme: string | undefined;
  ascii: boolean;
  reader: boolean;
}

/** @throws UserError for a theme that does not exist: before anything is started. */
export function watchOptions({ options }: CommandInput): WatchOptions {
  const theme = options.theme as string | undefined;
  if (theme !== undefined) mustBeTheme(theme);
  return {
    headless: options.headless === true,
    json: options.json === true,
    theme,
    ascii: options.ascii === true,
    reader: options['screen-reader'] === true,
  };
}

/** @throws UserError when no built-in theme and no file of the user has that name, or that file has a mistake. */
function mustBeTheme(name: string): void {
  const themesDir = join(userConfigDir(), 'themes');
  const names = choosableThemes({ themesDir });
  if (!names.includes(name) && !builtInNames.includes(name)) {
    throw new UserError(`there is no theme '${name}'. Themes: ${names.join(', ')} (your own: ${themesDir})`);
  }
  if (name === 'auto' || builtInNames.includes(name)) return;
  try {
    userTheme(themesDir, name);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}
