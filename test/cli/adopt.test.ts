import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseExperiments, doubtsOf, messageOf, notKept, run } from '../../src/cli/adopt.ts';
import type { CommandInput } from '../../src/cli/command.ts';
import { foldAll } from '../../src/journal/fold.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { aRun } from '../journal/a-run.ts';
import { temporaryFolder } from '../workspace/temporary-repository.ts';

const events = (count?: number) =>
  aRun()
    .slice(0, count)
    .map((body, i) => ({ v: 1, seq: i + 1, at: '2026-11-20T22:00:00.000Z', ...body }) as JournalEvent);
/** The life up to the first keep, and the whole of it, at the end of which that keep is reverted. */
const kept = foldAll(events(aRun().findIndex((body) => body.type === 'champion.moved') + 1));
const whole = foldAll(events());

test('what the champion stands on, or what is named', () => {
  expect(chooseExperiments(kept, undefined).map(({ n }) => n)).toEqual([1]);
  expect(() => chooseExperiments(whole, undefined)).toThrow('has kept nothing');
  expect(chooseExperiments(whole, '2, #1,1').map(({ n }) => n)).toEqual([1, 2]);
  expect(() => chooseExperiments(whole, '9')).toThrow("there is no experiment '9'");
  expect(() => chooseExperiments(whole, 'x')).toThrow("there is no experiment 'x'");
  expect(() => chooseExperiments(whole, '0')).toThrow('your own code already');
  expect(() => chooseExperiments(whole, '3')).toThrow('#3 has no commit (rejected)');
});

test('what is not sure is said, with the command that measures it', () => {
  const one = kept.experiments[1]!;
  const unsure = { ...one, confidence: 'provisional' as const };
  expect(doubtsOf(kept, [unsure])).toEqual([
    expect.stringMatching(/^#1 is provisional \(\?\)/),
    expect.stringMatching(/^Not verified: .*pawl verify nov20$/),
  ]);
  const claim = { gain: 0.1, low: 0.05, high: 0.15, scale: 'log' as const, start: 1, end: 0.9, pairs: 5 };
  const verified = { at: '', n: 1, start: [], end: [], claim, heldOut: null, why: 'verified gain 10 %' };
  expect(doubtsOf({ ...kept, verified }, [{ ...one, confidence: 'confirmed' }])).toEqual([
    'The run as a whole: verified gain 10 %',
  ]);
});

test('the message says what, why, where from and what it brought, in one line each', () => {
  expect(messageOf(kept.experiments[1]!, kept)).toBe(
    'Raise LR twice\n\nbetter\n\nPawl-Run: nov20\nPawl-Experiment: 1\nPawl-Metric: val_bpb 1 -> 0.9 (-10.00 %)\n' +
      `Pawl-Commit: ${'1'.repeat(40)}\n`,
  );
  const evil = { ...kept.experiments[1]!, hypothesis: 'a\x1b[2J\n\nPawl-Run: other\n' };
  expect(
    messageOf(evil, kept)
      .split('\n')
      .filter((line) => line.startsWith('Pawl-Run')),
  ).toEqual(['Pawl-Run: nov20']);
});

test('what was not kept is named with its reason, and taken only with a yes', async () => {
  expect(notKept(whole.experiments[2]!)).toMatch(/^#2 was not kept \(\w[\w-]*\)/);
  const dir = temporaryFolder();
  const runDir = join(dir, '.pawl/runs/nov20');
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(dir, 'pawl.yaml'), 'command: x\nsurface: a\nmetric: m\n');
  writeFileSync(
    join(runDir, 'journal.jsonl'),
    events()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
  const input = { args: [], options: { dir, only: '1,2' } } as unknown as CommandInput;
  await expect(run(input)).rejects.toThrow(/#2 was not kept .*[\s\S]*all the same: --yes/);
});
