import { afterEach, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { App } from '../../src/screen/app.tsx';
import { alive, layoutOf, type Rect, shownPane } from '../../src/screen/layout.ts';
import type { ScreenStore, Snapshot } from '../../src/screen/store.ts';
import { createLook, lookOf } from '../../src/screen/theme/look.ts';
import { builtInTheme } from '../../src/screen/theme/themes.ts';
import type { PaneId } from '../../src/screen/view.ts';
import { type InkTerminal, mountInTerminal } from '../harness/ink-terminal.ts';
import { states } from './states.ts';

// Header, chart, list and message of every state at every size, as text: what a change of one of them does to all of
// them stands in the difference of a file. After looking at it: vitest run test/screen/screens.test.tsx --update=all
// The other panes stand in a file of their own, from the size at which all seven are in sight.

// Times of day are the reader's own; here they must be everybody's.
process.env.TZ = 'UTC';

const sizes = ['60x16', '80x24', '84x50', '100x30', '120x40', '200x60'];
const mounted: InkTerminal[] = [];
afterEach(async () => {
  for (const terminal of mounted.splice(0)) await terminal.unmount();
});

async function rowsOf(snapshot: Snapshot): Promise<string[]> {
  const store = { published: createStore(() => snapshot) } as unknown as ScreenStore;
  const look = createLook(lookOf(builtInTheme('dark')!, 'true', false));
  const terminal = mountInTerminal(
    <App screen={{ store, extents: {}, look }} controller={{ key() {}, paste() {} }} />,
    snapshot.size,
  );
  mounted.push(terminal);
  // The bottom row is written last.
  await terminal.waitFor(/q (detach|leaves?)/);
  const rows = terminal.text();
  await mounted.pop()!.unmount();
  return rows;
}

function cutOut(rows: string[], { left, top, width, height }: Rect): string[] {
  return rows.slice(top, top + height).map((row) => row.slice(left, left + width).trimEnd());
}

/** The panes that `wanted` names, as the rows of the screen have them. */
function panesOf(shown: string[], snapshot: Snapshot, wanted: (pane: PaneId) => boolean): string[] {
  const { kind, slots } = layoutOf(snapshot);
  return slots
    .filter((slot) => wanted(shownPane(slot, snapshot.view, alive(snapshot), kind)))
    .flatMap((slot) => cutOut(shown, slot.rect));
}

const title = (name: string, columns: number) =>
  `── ${name} ${'─'.repeat(Math.max(0, columns - name.length - 4))}`;

test.each(sizes)('header, chart, list and message of every state at %s', async (size) => {
  const [columns, rows] = size.split('x').map(Number) as [number, number];
  const out: string[] = [];
  for (const [name, state] of Object.entries(states)) {
    const snapshot = state({ size: { columns, rows } });
    const shown = await rowsOf(snapshot);
    const { header, message } = layoutOf(snapshot);
    out.push(title(name, columns), ...cutOut(shown, header));
    out.push(...panesOf(shown, snapshot, (pane) => pane === 'metric' || pane === 'experiments'));
    out.push(...cutOut(shown, message), '');
  }
  await expect(`${out.join('\n')}\n`).toMatchFileSnapshot(`__snapshots__/screens-${size}.txt`);
});

test('diff, log, GPU, events and model in every state', async () => {
  const size = { columns: 200, rows: 60 };
  const out: string[] = [];
  for (const [name, state] of Object.entries(states)) {
    const snapshot = state({ size });
    const shown = await rowsOf(snapshot);
    const rows = panesOf(shown, snapshot, (pane) => pane !== 'metric' && pane !== 'experiments');
    // Rows that say nothing would make this file unreadable.
    const told = rows.filter((row) => /[^│┃\s]/.test(row));
    out.push(title(name, 84), ...told, '');
  }
  await expect(`${out.join('\n')}\n`).toMatchFileSnapshot('__snapshots__/panes-200x60.txt');
});
