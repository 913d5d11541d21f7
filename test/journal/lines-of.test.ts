import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf, linesOfFile } from '../../src/journal/lines-of.ts';

/** Gives the bytes in pieces of these lengths, again and again. */
function inPieces(bytes: Buffer, lengths: readonly number[]) {
  let [at, turn] = [0, 0];
  return (into: Buffer) => {
    const length = Math.min(lengths[turn++ % lengths.length]!, into.length, bytes.length - at);
    bytes.copy(into, 0, at, at + length);
    at += length;
    return length;
  };
}

test('lines are the same however they come: in any pieces, with any letters, with broken ones', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '{', 'ü', '→', '🦉'), maxLength: 60 });
  const bytes = fc.oneof(
    text.map((t) => Buffer.from(t)),
    fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b)),
    text.map((t) => Buffer.concat([Buffer.from(t), Buffer.from([0xff, 10, 0xc3])])),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (all, lengths) => {
      const lines: { text: string; bytes: number }[] = [];
      for (const { text, bytes } of linesOf(inPieces(all, lengths))) lines.push({ text, bytes });
      const end = all.lastIndexOf(10) + 1;
      const wanted: Buffer[] = [];
      for (let at = 0; at < end; at = all.indexOf(10, at) + 1)
        wanted.push(all.subarray(at, all.indexOf(10, at)));
      expect(lines.map((l) => l.text)).toEqual(wanted.map((w) => w.toString('utf8')));
      expect(lines.map((l) => l.bytes)).toEqual(wanted.map((w) => w.length + 1));
    }),
  );
});

test('a line longer than what is read at once is whole, and what follows it too', () => {
  const long = 'ö'.repeat(400_000);
  const path = join(mkdtempSync(join(tmpdir(), 'pawl-lines-')), 'journal.jsonl');
  writeFileSync(path, `first\n${long}\nlast\nhalf a li`);
  expect([...linesOfFile(path)]).toEqual(['first', long, 'last']);
});
