import { dirname, join } from 'node:path';
import type { UserSettings } from '../../protocol/user-settings.ts';
import type { Background } from './background.ts';
import { colorDepth } from './depth.ts';
import { asciiOnly, type Look, lookOf, unfit } from './look.ts';
import { asksBackground, loadTheme, type ThemeSurroundings, themeNames } from './themes.ts';
import { userTheme, userThemeNames } from './user-themes.ts';

/** All that says how the screen should look. */
export interface LookWish {
  /** From the command line; before PAWL_THEME and the user's settings. */
  theme?: string | undefined;
  ascii?: boolean | undefined;
  user: UserSettings;
  env: NodeJS.ProcessEnv;
  /** The folder of the user's own themes. */
  themesDir?: string | undefined;
}

/** The name of the theme that is asked for. */
function wishedTheme({ theme, user, env }: LookWish): string {
  return theme ?? (env.PAWL_THEME || user.theme);
}

/** True where the terminal's background decides about the look. */
export function wantsBackground(wish: LookWish): boolean {
  // Consoles of old kernels print the question.
  return wish.env.TERM !== 'linux' && asksBackground(wishedTheme(wish), surroundings(wish, null));
}

/**
 * The look that was asked for. A theme that does not exist or has a mistake is no reason to show nothing: `auto` takes
 * its place, and `problems` gets a line that says where the mistake is.
 */
export function chooseLook(wish: LookWish, background: Background | null, problems: string[] = []): Look {
  const around = surroundings(wish, background);
  const ascii = wish.ascii || wish.user.screen.ascii || asciiOnly(wish.env);
  const depth = colorDepth(wish.env);
  try {
    return lookOf(loadTheme(wishedTheme(wish), around), depth, ascii);
  } catch (error) {
    problems.push((error as Error).message);
    return lookOf(loadTheme('auto', around), depth, ascii);
  }
}

/** Every theme that can be chosen here: the built-in ones, then the user's own. */
export function choosableThemes({ themesDir }: Pick<LookWish, 'themesDir'>): string[] {
  const own = themesDir === undefined ? [] : userThemeNames(themesDir);
  return ['auto', ...themeNames, ...own.filter((name) => !themeNames.includes(name))];
}

/**
 * The wish for the theme after the one that is shown, and what to say of it. A name that would show the same colours
 * (`auto` chose them already) is passed over: a key must be seen to do something.
 */
export function nextThemeWish(
  wish: LookWish,
  now: Look,
  background: Background | null,
): { wish: LookWish; look: Look; text: string; problem: string | null } {
  const names = choosableThemes(wish);
  const at = names.indexOf(wishedTheme(wish));
  for (let step = 1; ; step++) {
    const theme = names[(at + step) % names.length]!;
    const problems: string[] = [];
    const look = chooseLook({ ...wish, theme }, background, problems);
    if (look.theme === now.theme && theme !== 'auto' && step < names.length) continue;
    const file = wish.themesDir === undefined ? 'config.yaml' : join(dirname(wish.themesDir), 'config.yaml');
    const found = look.theme === theme ? '' : ` (${look.theme})`;
    const problem = problems[0] ?? unfit(look, background);
    return {
      wish: { ...wish, theme },
      look,
      text: `theme ${theme}${found}; to keep it: theme: ${theme} in ${file}`,
      problem,
    };
  }
}

function surroundings({ env, themesDir }: LookWish, background: Background | null): ThemeSurroundings {
  return {
    env,
    background,
    ...(themesDir === undefined ? {} : { find: (name: string) => userTheme(themesDir, name) }),
  };
}
