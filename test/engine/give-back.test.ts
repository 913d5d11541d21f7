import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { failedStartDir, giveBackName } from '../../src/engine/give-back.ts';
import { runPaths } from '../../src/engine/paths.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import * as f from '../screen/fixtures.ts';

const dir = mkdtempSync(join(tmpdir(), 'pawl-give-back-'));
const paths = runPaths(dir, 'nov21');
afterEach(() => rmSync(join(dir, '.pawl'), { recursive: true, force: true }));

function journalOf(tell: (j: ReturnType<typeof f.journal>) => void): void {
  const j = f.journal();
  f.start(j);
  tell(j);
  mkdirSync(paths.dir, { recursive: true });
  writeFileSync(paths.journal, j.events.map((event: JournalEvent) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(paths.engineLog, 'why\n');
}

const failed: EventBody<'run.ended'> = {
  type: 'run.ended',
  outcome: 'failed',
  why: 'it does not run',
  exitCode: 3,
};

test('a start that measured nothing goes aside, but for the log that is being written', () => {
  journalOf((j) => {
    j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
    f.trialStarted(j, 0, 0, 'baseline');
    f.trialEnded(j, 0, 0, null, 'crashed', 'baseline');
    j.add(failed);
  });
  mkdirSync(failedStartDir(dir), { recursive: true });
  writeFileSync(join(failedStartDir(dir), 'older'), '');
  giveBackName(dir, paths);
  expect(existsSync(paths.journal)).toBe(false);
  expect(readFileSync(paths.engineLog, 'utf8')).toBe('why\n');
  expect(readFileSync(join(failedStartDir(dir), 'journal.jsonl'), 'utf8')).toContain('it does not run');
  // Only the latest one is kept.
  expect(existsSync(join(failedStartDir(dir), 'older'))).toBe(false);
});

test.each<[string, (j: ReturnType<typeof f.journal>) => void]>([
  [
    'has a baseline',
    (j) => {
      f.baseline(j);
      j.add(failed);
    },
  ],
  [
    'has measured one number of it',
    (j) => {
      j.add({ type: 'experiment.started', n: 0, parent: 'a'.repeat(40), proposer: 'ollama' });
      f.trialStarted(j, 0, 0, 'baseline');
      f.trialEnded(j, 0, 0, 2.15, 'ok', 'baseline');
      j.add(failed);
    },
  ],
  ['was stopped', (j) => j.add({ ...failed, outcome: 'stopped' })],
  ['was cut off', () => {}],
])('a run that %s keeps its name', (_, tell) => {
  journalOf(tell);
  const before = readFileSync(paths.journal, 'utf8');
  giveBackName(dir, paths);
  expect(readFileSync(paths.journal, 'utf8')).toBe(before);
  expect(existsSync(failedStartDir(dir))).toBe(false);
});
