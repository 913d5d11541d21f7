import { join } from 'node:path';
import { loadUserConfig, userConfigDir } from '../config/user-config.ts';
import { UserError } from '../protocol/failure.ts';
import type { UserSettings } from '../protocol/user-settings.ts';
import type { LookWish } from '../screen/theme/choose-look.ts';

/** What the user wants of every screen: their settings, and how it should look. */
export interface ScreenWish {
  user: UserSettings;
  problems: string[];
  where: ReturnType<typeof loadUserConfig>['where'];
  look: Omit<LookWish, 'user' | 'env'> & { themesDir: string };
}

/** Reads the user's settings; options of the command line go before them. */
export function screenWish(options: { theme?: string | undefined; ascii?: boolean }): ScreenWish {
  const { settings, problems, where } = loadUserConfig();
  return {
    user: settings,
    problems,
    where,
    look: { theme: options.theme, ascii: options.ascii, themesDir: join(userConfigDir(), 'themes') },
  };
}

/** `120x40` as columns and rows. @throws UserError */
export function sizeOption(text: string): { columns: number; rows: number } {
  const match = /^(\d{2,3})x(\d{1,3})$/.exec(text);
  if (!match) throw new UserError(`--size takes columns and rows such as 120x40, not '${text}'`);
  return { columns: Number(match[1]), rows: Number(match[2]) };
}
