import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { foldAll } from '../../src/journal/fold.ts';
import { readJournal } from '../../src/journal/read.ts';
import { resultsRow } from '../../src/journal/results-tsv.ts';
import { openJournal } from '../../src/journal/write.ts';
import { EnvironmentFailure } from '../../src/protocol/failure.ts';
import { aRun } from './a-run.ts';

const real = fs.writeSync;
let room = Number.POSITIVE_INFINITY;

/** A disk with room for so many bytes more. */
function disk(bytes: number): void {
  room = bytes;
  fs.writeSync = ((fd: number, buffer: Buffer, offset: number, length: number, position: number) => {
    if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const written = real(fd, buffer, offset, Math.min(length, room), position);
    room -= written;
    return written;
  }) as typeof fs.writeSync;
  syncBuiltinESMExports();
}
afterEach(() => {
  fs.writeSync = real;
  syncBuiltinESMExports();
});

test('what the disk refuses waits in its order, whole lines only, and is written when there is room', () => {
  const path = join(fs.mkdtempSync(join(tmpdir(), 'pawl-journal-')), 'journal.jsonl');
  const { journal } = openJournal(path);
  const bodies = aRun();
  for (const body of bodies.slice(0, 3)) journal.append(body);
  disk(100);
  const made = bodies.slice(3, 8).map((body) => journal.append(body));
  expect(made.map((e) => e.seq)).toEqual([4, 5, 6, 7, 8]);
  expect(() => journal.flush()).toThrow(EnvironmentFailure);
  expect(() => journal.flush()).toThrow(/The disk is full/);
  expect(readJournal(path)).toMatchObject({ tornBytes: 0, events: { length: 3 } });
  expect(journal.waiting().map((line) => JSON.parse(line))).toEqual(made);
  disk(Number.POSITIVE_INFINITY);
  journal.flush();
  expect(journal.waiting()).toEqual([]);
  journal.append(bodies[8]!);
  journal.close();
  const { events } = readJournal(path);
  expect(events.map((e) => e.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(events.slice(3, 8)).toEqual(made);
});

test('closing on a full disk does not throw; what was written stays readable', () => {
  const path = join(fs.mkdtempSync(join(tmpdir(), 'pawl-journal-')), 'journal.jsonl');
  const { journal } = openJournal(path);
  journal.append(aRun()[0]!);
  disk(0);
  journal.append(aRun()[1]!);
  journal.close();
  expect(readJournal(path).events).toHaveLength(1);
});

test('results.tsv has no row for what was skipped before it gave a number', () => {
  const journal = openJournal(join(fs.mkdtempSync(join(tmpdir(), 'pawl-journal-')), 'journal.jsonl')).journal;
  const state = foldAll(aRun().map((body) => journal.append(body)));
  const skipped = { ...state.experiments[1]!, verdict: 'skipped' as const, metric: null };
  expect(resultsRow({ ...skipped, sha: null })).toBeNull();
  expect(resultsRow({ ...skipped, metric: null })).toBeNull();
  expect(resultsRow({ ...skipped, metric: 1.5 })).toMatch(/	1\.500000	.*	discard	/);
});
