import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Background, backgroundOf } from './background.ts';
import type { Depth } from './depth.ts';
import { makePalette, type Palette } from './palette.ts';
import type { Theme } from './theme.ts';

/** How the screen is painted: colours and signs. */
export interface Look {
  theme: string;
  palette: Palette;
  /** Only ASCII signs: every other one is drawn as its twin. */
  ascii: boolean;
  /** Made for a light background. */
  light: boolean;
  /** The background that its colours can be read on; null = any. */
  madeFor: Background | null;
}

/** The look as it is now; replacing it repaints the screen. */
export type LookStore = StoreApi<Look>;

/** The look that a theme gives on a terminal of that many colours. */
export function lookOf(theme: Theme, depth: Depth, ascii = false): Look {
  const own = theme.assumes?.background;
  const madeFor = own === undefined || depth === 'none' ? null : backgroundOf(own);
  return {
    theme: theme.name,
    palette: makePalette(theme, depth),
    ascii,
    light: own !== undefined && backgroundOf(own) === 'light',
    madeFor,
  };
}

/** A look that can be changed while it is seen. */
export function createLook(look: Look): LookStore {
  return createStore<Look>(() => look);
}

/**
 * True where only ASCII can be trusted: the Linux console (its font has no braille and few box signs), and a locale
 * that says outright that it is not UTF-8. An environment without any locale says nothing: most terminals are UTF-8.
 */
export function asciiOnly(env: NodeJS.ProcessEnv): boolean {
  if (env.TERM === 'linux') return true;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/** What to tell who has chosen a theme that this terminal's background makes unreadable; null = it is fine, or not known. */
export function unfit({ theme, madeFor }: Look, background: Background | null): string | null {
  if (madeFor === null || background === null || madeFor === background) return null;
  return `theme ${theme} is made for a ${madeFor} background, this one is ${background}: \`theme: auto\` follows the terminal`;
}
