import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyEdits } from '../../src/propose/apply-edits.ts';
import { parseReply } from '../../src/propose/reply-parser.ts';
import { edits } from './edits.ts';
import { intervalOf } from './figures.ts';

const path = 'train.mjs';
const text = readFileSync(new URL('../../sample-projects/tiny-lm/train.mjs', import.meta.url), 'utf8');

test('every edit of the scripted model fits the sample as it is, but the one that is only talk', () => {
  const surface = new Map([[path, text]]);
  const misfits = edits.flatMap((edit, i) => {
    const reply = edit(text);
    if (reply === null) return [`${i}: does not fit`];
    const parsed = parseReply(reply, { surface, doneReason: 'stop' });
    if (!parsed.ok) return [`${i}: ${parsed.refusal.why}`];
    const applied = applyEdits(surface, parsed.parts.edits, (p) => p === path);
    return applied.ok ? [] : [`${i}: ${applied.refusal.why}`];
  });
  expect(misfits).toHaveLength(1);
  expect(edits.length).toBe(50);
});

test('an interval over seeds', () => {
  expect(intervalOf([1])).toBeNull();
  // t(.975, 4) = 2.776, sd = sqrt(2.5), n = 5
  const i = intervalOf([1, 2, 3, 4, 5])!;
  expect(i.mean).toBe(3);
  expect(i.high - i.mean).toBeCloseTo((2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 6);
});
