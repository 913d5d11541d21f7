import dark from '../../../themes/dark.json' with { type: 'json' };
import light from '../../../themes/light.json' with { type: 'json' };
import { parseTheme, type Theme } from './theme.ts';

// Imported, not read: the bundle must work without its source tree.
const builtIn: Record<string, unknown> = { dark, light };

/** Names that `--theme` takes. */
export const themeNames = [...Object.keys(builtIn), 'mono'];

/** No colour at all: weight, dimness and inversion carry what glyphs and words already say. */
export const mono: Theme = {
  name: 'mono',
  tokens: {
    fg: {},
    dim: { dim: true },
    border: { dim: true },
    focus: { bold: true },
    kept: { bold: true },
    discarded: { dim: true },
    crashed: {},
    live: { bold: true },
    warn: { bold: true },
    add: {},
    del: { dim: true },
    addEmph: { inverse: true },
    delEmph: { inverse: true, dim: true },
    title: { bold: true },
    accent: { bold: true },
    band: { dim: true },
  },
};

/**
 * The theme of that name; `auto` is dark until the terminal can be asked. NO_COLOR wins over any name.
 * @throws Error listing the names when there is no such theme.
 */
export function loadTheme(name: string, env: NodeJS.ProcessEnv = process.env): Theme {
  if (name === 'mono' || (env.NO_COLOR !== undefined && env.NO_COLOR !== '')) return mono;
  if (name === 'auto') return parseTheme(builtIn[fromColorFgBg(env.COLORFGBG)]);
  const found = builtIn[name];
  if (!found) throw new Error(`no theme "${name}": use ${['auto', ...themeNames].join(', ')}`);
  return parseTheme(found);
}

// rxvt, konsole and others export "foreground;background"; 7 and 15 are the light backgrounds.
function fromColorFgBg(value: string | undefined): string {
  const background = value?.split(';').at(-1);
  return background === '7' || background === '15' ? 'light' : 'dark';
}
