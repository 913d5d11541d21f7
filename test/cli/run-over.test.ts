import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failedSince, findTag } from '../../src/cli/find-runs.ts';
import { cutOff, overText } from '../../src/cli/run-over.ts';
import { emptyState } from '../../src/journal/fold.ts';
import { measuredSoFar, whyOpen } from '../../src/journal/judged-trials.ts';
import type { RunState } from '../../src/journal/state.ts';
import { summary } from '../../src/plain/event-line.ts';
import { identify } from '../../src/trial/process-table.ts';

const run = (more: Partial<RunState>): RunState => ({ ...emptyState(), tag: 'nov21', ...more });
const ended = (outcome: 'finished' | 'stopped' | 'failed', why: string) =>
  run({ ended: { at: '', outcome, why, exitCode: 0, tail: [] } });
const lastAt = '2026-11-21T03:12:00.000Z';

describe('a run that is over', () => {
  test('is told with its result and what goes with it', () => {
    const text = overText(ended('finished', '30 experiments are decided, as asked'));
    expect(text).toMatch(
      /^run nov21 finished: 30 experiments are decided, as asked\. 0 experiments, 0 kept\.\n/,
    );
    expect(text).toMatch(/pawl list, pawl shot nov21, pawl replay nov21\. Go on: pawl resume/);
    expect(overText(ended('failed', 'no data'))).not.toContain('pawl resume');
  });

  test('says stopped once', () => {
    expect(overText(ended('stopped', 'stopped by you'))).toMatch(/^run nov21 stopped by you\. /);
  });

  test('that was cut off says so, and by what is known', () => {
    const engine = identify(process.pid);
    expect(cutOff(run({ lastAt, engine }))).toMatch(
      /^run nov21 was cut off after 2026-11-21 .*went without a word/,
    );
    const rebooted = { ...engine, bootId: 'another' };
    expect(cutOff(run({ lastAt, engine: rebooted }))).toMatch(/the machine was started anew/);
    expect(overText(run({ lastAt, engine }))).toMatch(/pawl resume goes on\.\n.*pawl list/);
  });

  test('its verified gain has a percentage and an interval wherever it is summed up', () => {
    const claim = {
      gain: 0.24,
      low: 0.2,
      high: 0.28,
      scale: 'log' as const,
      start: 1.4,
      end: 1.07,
      pairs: 5,
    };
    const verified = { at: '', n: 1, start: [], end: [], claim, heldOut: null, why: '' };
    expect(summary(run({ verified }))).toBe(
      '0 experiments, 0 kept; metric 1.4 -> 1.07, verified gain 24 % (95 % interval 20 % to 28 %, 5 fresh runs each)',
    );
  });
});

describe('an experiment that stands open', () => {
  test('shows what was measured, and why nothing goes on', () => {
    const trial = (metric: number | null, role = 'candidate') => ({ outcome: 'ok', metric, role });
    const open = (...trials: object[]) =>
      ({ verdict: null, trials }) as unknown as RunState['experiments'][0];
    expect(measuredSoFar(open())).toBeNull();
    expect(measuredSoFar(open(trial(1), trial(2), trial(9, 'verify')))).toBe(1.5);
    expect(measuredSoFar({ ...open(trial(1)), verdict: 'kept' })).toBeNull();
    expect(whyOpen(ended('stopped', 'stopped by you'), false)).toMatch(/stopped; pawl resume goes on/);
    expect(whyOpen(run({}), false)).toMatch(/cut off; pawl resume goes on/);
    expect(whyOpen(run({}), true)).toBeNull();
  });
});

describe('starts that failed at their baseline', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'pawl-runs-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const put = (tag: string, at: number, event: object) => {
    const folder = join(dir, '.pawl', 'runs', tag);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, `${JSON.stringify({ v: 1, seq: 1, at: lastAt, ...event })}\n`);
    utimesSync(path, at, at);
  };

  test('are no run that is meant, and are not passed over in silence', () => {
    put('nov21', 1, { type: 'run.ended', outcome: 'finished', why: 'done', exitCode: 0 });
    expect(failedSince(dir, 'nov21')).toEqual([]);
    const why = 'the unmodified command failed, so there is nothing to compare with: exit code 127';
    put('nov21-9', 2, { type: 'run.ended', outcome: 'failed', why, exitCode: 3 });
    expect(findTag(dir)).toBe('nov21');
    expect(failedSince(dir, 'nov21')).toEqual([
      expect.stringMatching(/^the newest run, nov21-9, failed at its baseline: exit code 127 \(pawl show 0/),
    ]);
    expect(failedSince(dir, 'nov21-9')).toEqual([]);
  });
});
