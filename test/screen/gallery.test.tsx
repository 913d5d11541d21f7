import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { App } from '../../src/screen/app.tsx';
import type { ScreenStore, Snapshot } from '../../src/screen/store.ts';
import { createLook, lookOf } from '../../src/screen/theme/look.ts';
import { builtInTheme } from '../../src/screen/theme/themes.ts';
import { type InkTerminal, mountInTerminal } from '../harness/ink-terminal.ts';
import { bufferToSvg, svgToPng } from '../harness/screenshot.ts';
import { overlays } from './overlays.ts';
import { states } from './states.ts';

// Every state at every size, as text to compare and, when asked for, as pictures to look at:
//   PAWL_GALLERY=/tmp/gallery PAWL_GALLERY_SIZE=80x24 PAWL_GALLERY_STATE='training|approve' PAWL_GALLERY_THEME=light vitest run test/screen/gallery.test.tsx

const folder = process.env.PAWL_GALLERY;
const only = { size: process.env.PAWL_GALLERY_SIZE, state: process.env.PAWL_GALLERY_STATE };
const theme = builtInTheme(process.env.PAWL_GALLERY_THEME ?? 'dark')!;
// The window around it is light where the theme is made for that.
const palette = theme.name.includes('light') ? 'light' : 'dark';
const sizes = ['60x16', '80x24', '84x50', '100x30', '120x40', '200x60'];

const mounted: InkTerminal[] = [];
afterEach(async () => {
  for (const terminal of mounted.splice(0)) await terminal.unmount();
});

async function shown(snapshot: Snapshot): Promise<InkTerminal> {
  const store = { published: createStore(() => snapshot) } as unknown as ScreenStore;
  const screen = {
    store,
    extents: {},
    look: createLook(lookOf(theme, 'true', process.env.PAWL_GALLERY_ASCII === '1')),
  };
  const terminal = mountInTerminal(
    <App screen={screen} controller={{ key() {}, paste() {} }} />,
    snapshot.size,
  );
  mounted.push(terminal);
  // The bottom row is written last.
  await terminal.waitFor(/q (detach|leaves?)|Esc|y yes|y undo|\? help/);
  return terminal;
}

const shownStates = { ...states, ...overlays };
const wanted = (only.size ? [only.size] : sizes)
  .flatMap((size) => Object.keys(shownStates).map((name) => [name, size] as const))
  .filter(([name]) => !only.state || only.state.split('|').includes(name));

// One test for each picture: a whole gallery takes minutes.
test.runIf(folder).each(wanted)('%s at %s', async (name, size) => {
  const [columns, rows] = size.split('x').map(Number) as [number, number];
  const terminal = await shown(shownStates[name]!({ size: { columns, rows } }));
  mkdirSync(folder!, { recursive: true });
  const svg = bufferToSvg(terminal.virtual.terminal, { palette, window: false });
  const file = join(folder!, `${name.replaceAll(/[ ,]+/g, '-')}-${size}-${theme.name}.png`);
  writeFileSync(file, svgToPng(svg, columns > 130 ? 1 : 1.3));
  expect(existsSync(file)).toBe(true);
});
