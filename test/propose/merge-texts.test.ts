import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTexts } from '../../src/propose/merge-texts.ts';

const base = 'A = 1\nB = 2\nC = 3\n\nrun()\n';

describe('two changes of one text', () => {
  it.each([
    [
      'in different places',
      'A = 9\nB = 2\nC = 3\n\nrun()\n',
      'A = 1\nB = 2\nC = 3\n\nwalk()\n',
      'A = 9\nB = 2\nC = 3\n\nwalk()\n',
    ],
    [
      'in neighbouring lines',
      'A = 9\nB = 2\nC = 3\n\nrun()\n',
      'A = 1\nB = 8\nC = 3\n\nrun()\n',
      'A = 9\nB = 8\nC = 3\n\nrun()\n',
    ],
    [
      'that are the same',
      'A = 9\nB = 2\nC = 3\n\nrun()\n',
      'A = 9\nB = 2\nC = 7\n\nrun()\n',
      'A = 9\nB = 2\nC = 7\n\nrun()\n',
    ],
    ['of the same line', 'A = 9\nB = 2\nC = 3\n\nrun()\n', 'A = 8\nB = 2\nC = 3\n\nrun()\n', null],
    [
      'one of which takes out what the other changes',
      'A = 1\nC = 3\n\nrun()\n',
      'A = 1\nB = 8\nC = 3\n\nrun()\n',
      null,
    ],
    [
      'that both insert at one place',
      'A = 1\nX\nB = 2\nC = 3\n\nrun()\n',
      'A = 1\nY\nB = 2\nC = 3\n\nrun()\n',
      null,
    ],
    [
      'an insertion beside a changed line',
      'A = 1\nX\nB = 2\nC = 3\n\nrun()\n',
      'A = 1\nB = 8\nC = 3\n\nrun()\n',
      null,
    ],
    [
      'at the end without a last line break',
      `${base}more()`,
      'A = 9\nB = 2\nC = 3\n\nrun()\n',
      'A = 9\nB = 2\nC = 3\n\nrun()\nmore()',
    ],
  ])('%s', (_, ours, theirs, merged) => {
    expect(mergeTexts(base, ours, theirs)).toBe(merged);
    expect(mergeTexts(base, theirs, ours)).toBe(merged);
  });

  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 }).map((l) => l.join('\n'));
  it('a side without changes gives the other side, and equal sides give themselves', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        expect(mergeTexts(one, one, two)).toBe(two);
        expect(mergeTexts(one, two, one)).toBe(two);
        expect(mergeTexts(one, two, two)).toBe(two);
      }),
    );
  });
  it('where git merges, this gives the same or declines', () => {
    const dir = mkdtempSync(join(tmpdir(), 'pawl-merge-'));
    const git = (one: string, ours: string, theirs: string) => {
      const names = ['ours', 'base', 'theirs'].map((name) => join(dir, name));
      for (const [i, side] of [ours, one, theirs].entries()) writeFileSync(names[i]!, `${side}\n`);
      try {
        return execFileSync('git', ['merge-file', '-p', ...names], { stdio: 'pipe' }).toString();
      } catch {
        return null;
      }
    };
    const spaced = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 3 });
    const lines = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    const changed = (at: readonly number[], to: string) =>
      lines.map((line, i) => (at.includes(i) ? `${line} ${to}` : line)).join('\n');
    try {
      fc.assert(
        fc.property(spaced, spaced, (a, b) => {
          const [one, ours, theirs] = [lines.join('\n'), changed(a, 'x'), changed(b, 'y')];
          const reference = git(one, ours, theirs);
          if (reference !== null) expect(`${mergeTexts(one, ours, theirs)}\n`).toBe(reference);
          expect(mergeTexts(one, ours, theirs) === null).toBe(a.some((i) => b.includes(i)));
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
