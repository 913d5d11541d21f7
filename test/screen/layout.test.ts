import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Layout, layout, type Rect, shownPane, sizeClass } from '../../src/screen/layout.ts';
import { paneIds } from '../../src/screen/view.ts';

const sizes = [
  [59, 15],
  [60, 16],
  [80, 24],
  [84, 50],
  [100, 30],
  [120, 40],
  [200, 60],
] as const;

test.each(sizes)('%dx%d', (columns, rows) => {
  const places = layout(columns, rows);
  expect(
    [places.kind, ...places.slots.map((s) => `${s.panes.join(' ')}: ${text(s.rect)}`)].join('\n'),
  ).toMatchSnapshot();
});

test('panes fill the body exactly, at any size, without overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 400 }), fc.integer({ min: 16, max: 150 }), (columns, rows) => {
      const places = layout(columns, rows);
      const taken = new Uint8Array(columns * rows);
      for (const { rect } of places.slots) {
        expect(rect.width).toBeGreaterThanOrEqual(24);
        expect(rect.height).toBeGreaterThanOrEqual(3);
        for (let y = rect.top; y < rect.top + rect.height; y++)
          for (let x = rect.left; x < rect.left + rect.width; x++) {
            taken[y * columns + x]! += 1;
          }
      }
      expect(
        taken.every((times, i) => times === (i >= 2 * columns && i < (rows - 2) * columns ? 1 : 0)),
      ).toBe(true);
    }),
    { numRuns: 60 },
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
