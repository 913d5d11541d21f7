import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unifiedDiff } from '../../src/propose/line-diff.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '}', '', 'x = 1'), { maxLength: 30 })
  .map((lines) => lines.map((l) => `${l}\n`).join(''));

test('git applies it, and gets the new text', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pawl-diff-'));
  try {
    execFileSync('git', ['init', '-q', dir]);
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '');
        writeFileSync(join(dir, 'f'), before);
        const diff = unifiedDiff('f', before, after);
        execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: dir, input: diff });
        expect(execFileSync('cat', [join(dir, 'f')]).toString()).toBe(after);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('as few lines as can be, parts far from each other in hunks of their own', () => {
  const before = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const after = before.with(5, 'five').toSpliced(30, 0, 'more');
  expect(unifiedDiff('x.py', before.join('\n'), after.join('\n'))).toBe(
    [
      'diff --git a/x.py b/x.py',
      '--- a/x.py',
      '+++ b/x.py',
      '@@ -3,7 +3,7 @@',
      ...[' line 2', ' line 3', ' line 4', '-line 5', '+five', ' line 6', ' line 7', ' line 8'],
      '@@ -28,6 +28,7 @@',
      ...[' line 27', ' line 28', ' line 29', '+more', ' line 30', ' line 31', ' line 32'],
      '',
    ].join('\n'),
  );
});

test('nothing changed, a new file, a text that is still being written', () => {
  expect(unifiedDiff('f', 'a\nb\n', 'a\nb')).toBe('');
  expect(unifiedDiff('f', '', 'a\n')).toContain('--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n');
  const before = Array.from({ length: 20 }, (_, i) => `line ${i}\n`).join('');
  const open = unifiedDiff('f', before, 'line 0\nnew\nline 2\n', { open: true });
  expect(open.match(/^[-+](?![-+]).*$/gm)).toEqual(['-line 1', '+new']);
});

test('two texts that share nothing are no trouble', () => {
  const lines = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}\n`).join('');
  const started = process.cpuUsage();
  const diff = unifiedDiff('f', lines('old'), lines('new'));
  const { user } = process.cpuUsage(started);
  expect(diff.split('\n').length).toBe(6005);
  expect(user / 1000).toBeLessThan(1000);
});
