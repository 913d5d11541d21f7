import fc from 'fast-check';
import { expect, test } from 'vitest';
import { divide } from '../../src/screen/arrange/divide.ts';
import {
  type Layout,
  layout,
  type PaneSizes,
  type Rect,
  shownPane,
  sizeClass,
} from '../../src/screen/layout.ts';
import { paneIds } from '../../src/screen/view.ts';

const sizes = [
  [59, 15],
  [60, 16],
  [80, 24],
  [80, 40],
  [84, 50],
  [100, 30],
  [120, 26],
  [120, 40],
  [200, 60],
] as const;

test.each(sizes)('%dx%d', (columns, rows) => {
  const places = layout(columns, rows);
  expect(
    [places.kind, ...places.slots.map((s) => `${s.panes.join(' ')}: ${text(s.rect)}`)].join('\n'),
  ).toMatchSnapshot();
});

/** What is wrong with a layout; null = header, slots, message and hints cover the terminal exactly once. */
function flaw(columns: number, rows: number, places: Layout): string | null {
  const { kind, slots, header, message, hints } = places;
  if (kind === 'too-small') return slots.length === 0 ? null : 'panes where none fit';
  const rects = [header, ...slots.map(({ rect }) => rect), message, hints];
  for (const { left, top, width, height } of rects) {
    if (left < 0 || top < 0 || left + width > columns || top + height > rows) return 'outside the terminal';
    if (width < 1 || height < 1) return 'empty';
  }
  for (const { rect } of slots) if (rect.width < 28 || rect.height < 5) return `of no use: ${text(rect)}`;
  // Nothing outside and no overlap: then the areas tell whether anything is left bare.
  for (const [i, a] of rects.entries())
    for (const b of rects.slice(i + 1))
      if (
        a.left < b.left + b.width &&
        b.left < a.left + a.width &&
        a.top < b.top + b.height &&
        b.top < a.top + a.height
      )
        return `${text(a)} over ${text(b)}`;
  const area = rects.reduce((sum, { width, height }) => sum + width * height, 0);
  return area === columns * rows ? null : 'not covered';
}

test('panes cover the terminal exactly, without overlap, at every size from 1x1 to 300x100', () => {
  const wrong: string[] = [];
  for (let columns = 1; columns <= 300; columns++)
    for (let rows = 1; rows <= 100; rows++) {
      const places = layout(columns, rows);
      const found = flaw(columns, rows, places);
      if (found) wrong.push(`${columns}x${rows}: ${found}`);
      const panes = places.slots.flatMap((slot) => slot.panes);
      if (places.kind !== 'too-small' && [...panes].sort().join() !== [...paneIds].sort().join())
        wrong.push(`${columns}x${rows}: panes ${panes}`);
    }
  expect(wrong).toEqual([]);
});

const steps = fc.dictionary(
  fc.constantFrom(...paneIds),
  fc.integer({ min: -60, max: 60 }),
) as fc.Arbitrary<PaneSizes>;

test('so they do however the user resized them, and zoomed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 100 }),
      steps,
      fc.option(fc.constantFrom(...paneIds)),
      (columns, rows, resized, zoomed) => {
        expect(flaw(columns, rows, layout(columns, rows, zoomed, resized))).toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});

test('a resized pane takes from its neighbours, and gives back', () => {
  const heightOf = (steps: number) =>
    layout(120, 40, null, { log: steps }).slots.find(({ panes }) => panes.includes('log'))!.rect;
  expect(heightOf(2).height).toBe(heightOf(0).height + 4);
  expect(heightOf(2).width).toBe(heightOf(0).width + 8);
  expect(heightOf(-1).height).toBe(heightOf(0).height - 2);
  // The one pane of a size class says nothing about another.
  expect(layout(80, 24, null, {}).slots).toEqual(layout(80, 24).slots);
});

test('a length is divided up to the last cell', () => {
  const part = fc.record({
    base: fc.option(fc.integer({ min: 0, max: 60 })),
    least: fc.integer({ min: 0, max: 9 }),
    extra: fc.integer({ min: -40, max: 40 }),
  });
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 120 }),
      (parts, total) => {
        const sizes = divide(total, parts);
        expect(sizes.reduce((a, b) => a + b, 0)).toBe(total);
        const leasts = parts.reduce((sum, { least }) => sum + least, 0);
        for (const [i, size] of sizes.entries())
          expect(size).toBeGreaterThanOrEqual(leasts <= total ? parts[i]!.least : 0);
      },
    ),
  );
});

test('every pane can be reached at every size', () => {
  for (const [columns, rows] of sizes.slice(1)) {
    const places = layout(columns, rows);
    for (const focus of paneIds) {
      const shown = places.slots.map((slot) =>
        shownPane(slot, { focus, picked: true }, 'training', places.kind),
      );
      expect(shown, `${focus} at ${columns}x${rows}`).toContain(focus);
    }
  }
});

test('zoom gives the body to one pane; too small a terminal has none', () => {
  expect(layout(120, 40, 'log').slots).toEqual([
    { panes: ['log'], rect: { left: 0, top: 2, width: 120, height: 36 } },
  ]);
  expect(layout(59, 30).slots).toEqual([]);
  expect(sizeClass(60, 15)).toBe('too-small');
});

test('a shared place shows the model while it writes, until another pane is picked', () => {
  const places: Layout = layout(120, 40);
  const slot = places.slots.find((s) => s.panes.includes('model'))!;
  expect(shownPane(slot, { focus: 'log', picked: true }, 'proposing', 'normal')).toBe('model');
  expect(shownPane(slot, { focus: 'log', picked: true }, 'training', 'normal')).toBe('diff');
  expect(shownPane(slot, { focus: 'diff', picked: true }, 'proposing', 'normal')).toBe('diff');
});

function text(r: Rect): string {
  return `${r.width}x${r.height} at ${r.left},${r.top}`;
}
