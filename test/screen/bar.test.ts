import { expect, test } from 'vitest';
import { luckyBar } from '../../src/journal/lucky-bar.ts';
import { barLine, summary } from '../../src/plain/event-line.ts';
import { headerRows } from '../../src/screen/panes/header-rows.ts';
import { chartRows, metricTitle } from '../../src/screen/panes/metric-content.ts';
import { chartSentence } from '../../src/screen/reader/sentences.ts';
import type { Snapshot } from '../../src/screen/store.ts';
import { rowText } from './row-text.ts';
import { states } from './states.ts';

const look = { log: false, byTime: false, metric: null };

/** The champion #15 showed 1.9731 against a start at 2.1504. */
function withBar(bar: number | null): Snapshot {
  const snapshot = states.training!();
  return { ...snapshot, run: { ...snapshot.run, bar } };
}

test('the number that ideas must beat is named where it is not the one that the champion showed', () => {
  const lucky = withBar(1.9812);
  expect(luckyBar(lucky.run)).toEqual({ n: 15, shown: 1.9731, bar: 1.9812 });
  expect(rowText(headerRows(lucky, 120)[0]!)).toContain('best 1.9731 −8.24% bar 1.9812');
  expect(metricTitle(lucky.run, look).aside).toMatch(/bar 1\.9812 · 2\.1504 → 1\.9731/);
  expect(chartSentence(lucky.run)).toContain('at experiment 15, partly luck: an idea must beat 1.9812');
  expect(barLine(lucky.run)).toBe('bar 1.9812: what the next idea must beat; #15 showed 1.9731, partly luck');
  const drawn = (snapshot: Snapshot) =>
    chartRows(snapshot.run, null, { width: 80, height: 20 }, look).map(rowText).join('\n');
  expect(drawn(lucky)).toContain('╌');
  expect(drawn(withBar(null))).not.toContain('╌');
});

test.each([null, 1.9731, 1.9752, 1.9])(
  'a bar of %s is not told: it is unknown, as good as the same, or no luck',
  (bar) => {
    const same = withBar(bar);
    expect(luckyBar(same.run)).toBeNull();
    expect(rowText(headerRows(same, 120)[0]!)).not.toContain('bar');
    expect(metricTitle(same.run, look).aside).not.toContain('bar');
  },
);

test('a summary says which gain was measured, what of it is honest, and that it is not verified', () => {
  expect(summary(withBar(1.9812).run)).toMatch(
    /val_bpb 2\.1504 -> 1\.9731 \(8\.24 % better as measured, 7\.87 % better without its luck, not verified\)$/,
  );
  expect(summary(withBar(null).run)).toMatch(/\(8\.24 % better as measured, not verified\)$/);
});
