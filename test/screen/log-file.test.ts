import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FilteredLines } from '../../src/screen/log-doc.ts';
import { LogFile } from '../../src/screen/log-file.ts';
import { LineIndex } from '../../src/screen/log-index.ts';

let dir: string;
let path: string;
let changes: number;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pawl-log-'));
  path = join(dir, 'trial-0.log');
  changes = 0;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function openFile(whole = true): LogFile {
  return new LogFile(path, whole, () => changes++);
}
async function line(file: LogFile, no: number): Promise<string | null> {
  file.line(no);
  await vi.waitFor(() => expect(file.line(no)).not.toBeNull(), { interval: 1 });
  return file.line(no);
}

test('the index finds every line, however the bytes come in pieces', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ maxLength: 400 }).map((s) => s.replaceAll('\n', '')),
        { maxLength: 900 },
      ),
      fc.integer({ min: 1, max: 5000 }),
      (lines, piece) => {
        const bytes = Buffer.from(lines.map((l) => `${l}\n`).join(''));
        const index = new LineIndex();
        for (let at = 0; at < bytes.length; at += piece) index.add(bytes.subarray(at, at + piece));
        expect(index.lines).toBe(lines.length);
        for (let no = 0; no < lines.length; no += 37) {
          const page = index.pageOf(no);
          const inPage = bytes.toString('utf8', page.start, page.end).split('\n');
          expect(inPage[no - page.from]).toBe(Buffer.from(lines[no]!).toString());
          expect(inPage.length - 1).toBe(page.to - page.from);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('a log of 1,000,000 lines: any line at once, and little held', async () => {
  const count = 1_000_000;
  const block = Array.from({ length: 1000 }, (_, i) => `step ${String(i).padStart(6)} loss 2.0000\n`).join(
    '',
  );
  await writeFile(path, block.repeat(count / 1000));
  const file = openFile();
  const before = process.memoryUsage();
  await file.refresh();
  expect(file.end).toBe(count);
  for (const no of [0, 1, 255, 256, 123_456, 999_999])
    expect(await line(file, no)).toBe(`step ${String(no % 1000).padStart(6)} loss 2.0000`);
  // Walked through from end to end, as with the page key held down.
  for (let no = count - 1; no > 0; no -= 9973) await line(file, no);
  expect(
    await file.find(
      (text) => text.includes('step    997'),
      count - 500,
      -1,
      () => false,
    ),
  ).toBe(999_997 - 1000);
  const after = process.memoryUsage();
  const held = after.heapUsed + after.external - before.heapUsed - before.external;
  expect(held / (1 << 20)).toBeLessThan(24);
  file.close();
});

test('marks stay few in a log that never ends', () => {
  const index = new LineIndex();
  const chunk = Buffer.from('a line of twenty byte\n'.repeat(2978));
  for (let i = 0; i < 4000; i++) index.add(chunk);
  expect(index.lines).toBe(4000 * 2978);
  expect(index.marks).toBeLessThanOrEqual(8193);
  const { from, to } = index.pageOf(7_654_321);
  expect(from).toBeLessThanOrEqual(7_654_321);
  expect(to).toBeGreaterThan(7_654_321);
});

test('a file that grows is read on; one that was begun anew is read anew', async () => {
  await writeFile(path, 'one\ntwo\nthr');
  const file = openFile(false);
  await file.refresh();
  expect([file.end, await line(file, 1)]).toEqual([2, 'two']);
  await appendFile(path, 'ee\nfour\n');
  await file.refresh();
  expect([file.end, await line(file, 2), await line(file, 3)]).toEqual([4, 'three', 'four']);
  await truncate(path, 0);
  await appendFile(path, 'new\n');
  await file.refresh();
  expect([file.end, await line(file, 0)]).toEqual([1, 'new']);
});

test('rewritten lines show their last state, foreign control characters do nothing, last words count', async () => {
  await writeFile(path, 'a\rb\rc\r\n\x1b[31mred\x1b[2J\nlast words');
  const file = openFile();
  await file.refresh();
  expect([await line(file, 0), await line(file, 1), await line(file, 2), file.end]).toEqual([
    'c',
    'red',
    'last words',
    3,
  ]);
});

test('a search goes both ways, ends at the ends, and can be stopped', async () => {
  await writeFile(path, Array.from({ length: 3000 }, (_, i) => `line ${i}\n`).join(''));
  const file = openFile();
  const has = (what: string) => (text: string) => text.endsWith(what);
  expect(await file.find(has(' 2900'), 10, 1, () => false)).toBe(2900);
  expect(await file.find(has(' 10'), 2999, -1, () => false)).toBe(10);
  expect(await file.find(has(' 10'), 11, 1, () => false)).toBeNull();
  expect(await file.find(has(' 2900'), 10, 1, () => true)).toBeNull();
});

test('a file that is not there says so, once', async () => {
  const file = openFile();
  await file.refresh();
  await file.refresh();
  expect([file.missing, file.end, changes]).toEqual([true, 0, 1]);
  expect(
    await file.find(
      () => true,
      0,
      1,
      () => false,
    ),
  ).toBeNull();
});

test('filtered lines keep the newest and count the others', () => {
  const kept = new FilteredLines(100);
  for (let no = 0; no < 1000; no += 2) kept.push(no, `line ${no}`);
  expect(kept.end + kept.dropped).toBe(500);
  expect(kept.end).toBeLessThan(150);
  expect(kept.line(kept.end - 1)).toBe('line 998');
  expect(kept.numberAt(kept.placeOf(977))).toBe(978);
});
