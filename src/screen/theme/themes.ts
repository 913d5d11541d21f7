import ansi16 from '../../../themes/ansi16.json' with { type: 'json' };
import ansi16Light from '../../../themes/ansi16-light.json' with { type: 'json' };
import cvd from '../../../themes/cvd.json' with { type: 'json' };
import cvdLight from '../../../themes/cvd-light.json' with { type: 'json' };
import dark from '../../../themes/dark.json' with { type: 'json' };
import highContrast from '../../../themes/high-contrast.json' with { type: 'json' };
import highContrastLight from '../../../themes/high-contrast-light.json' with { type: 'json' };
import light from '../../../themes/light.json' with { type: 'json' };
import monoFile from '../../../themes/mono.json' with { type: 'json' };
import type { Background } from './background.ts';
import { colorDepth } from './depth.ts';
import { parseTheme, type Theme } from './theme.ts';

// Imported, not read: the bundle must work without its source tree.
const builtIn: Readonly<Record<string, unknown>> = {
  dark,
  light,
  'high-contrast': highContrast,
  'high-contrast-light': highContrastLight,
  cvd,
  'cvd-light': cvdLight,
  ansi16,
  'ansi16-light': ansi16Light,
  mono: monoFile,
};

/** The built-in themes; `auto` chooses among them. */
export const builtInNames: readonly string[] = Object.keys(builtIn);

/** What a user chooses from, the best known first: light twins come by themselves where the background is light. */
export const themeNames: readonly string[] = builtInNames.filter((name) => !name.endsWith('-light'));

/** The built-in theme of that name, or null. */
export function builtInTheme(name: string): Theme | null {
  const file = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  return file === undefined ? null : parseTheme(file, name);
}

/** No colour at all: weight, underline and inversion carry what glyphs and words already say. */
export const mono: Theme = builtInTheme('mono')!;

/** Where a theme that is no built-in one comes from: the user's folder. @throws Error when it cannot be used */
export type FindTheme = (name: string) => Theme | null;

export interface ThemeSurroundings {
  env: NodeJS.ProcessEnv;
  /** What the terminal said its background is; null = it did not. */
  background?: Background | null;
  find?: FindTheme;
}

/** True where the look depends on the terminal's background, so that asking for it is worth a moment. */
export function asksBackground(name: string, { env, find }: ThemeSurroundings): boolean {
  if (colorDepth(env) === 'none') return false;
  if (name === 'auto') return true;
  try {
    return (builtInTheme(name) ?? find?.(name))?.onLight != null;
  } catch {
    return false;
  }
}

/**
 * The theme of that name for this terminal. NO_COLOR wins over any name. `auto` is light or dark as the terminal says,
 * else as COLORFGBG says, else dark; with sixteen colours it is made of those.
 * @throws Error listing the names when there is no such theme.
 */
export function loadTheme(name: string, surroundings: ThemeSurroundings): Theme {
  const { env, find } = surroundings;
  const depth = colorDepth(env);
  if (depth === 'none') return mono;
  const background = surroundings.background ?? fromColorFgBg(env.COLORFGBG);
  if (name === 'auto') {
    if (depth === '16') return forBackground(builtInTheme('ansi16')!, background);
    return builtInTheme(background === 'light' ? 'light' : 'dark')!;
  }
  const theme = builtInTheme(name) ?? find?.(name) ?? null;
  if (theme === null) throw new Error(`there is no theme '${name}'. Themes: auto, ${themeNames.join(', ')}`);
  return forBackground(theme, background);
}

function forBackground(theme: Theme, background: Background | null): Theme {
  if (background !== 'light' || theme.onLight === null) return theme;
  return builtInTheme(theme.onLight) ?? theme;
}

// rxvt, konsole and others export "foreground;background"; 7 and 15 are the light backgrounds.
function fromColorFgBg(value: string | undefined): Background | null {
  const background = value?.split(';').at(-1);
  if (background === undefined || !/^\d+$/.test(background)) return null;
  return background === '7' || background === '15' ? 'light' : 'dark';
}
