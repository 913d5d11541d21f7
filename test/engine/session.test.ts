import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { foldPast } from '../../src/engine/past.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import { resultsTsv } from '../../src/journal/results-tsv.ts';
import { openJournal } from '../../src/journal/write.ts';
import type { EventBody } from '../../src/protocol/events.ts';
import { aRun } from '../journal/a-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-session-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const results = () => join(folder, 'results.tsv');

function open(): Session {
  const { journal, events } = openJournal(join(folder, 'journal.jsonl'));
  return openSession(foldPast(events), { journal, resultsPath: results(), event: () => {}, pulse: () => {} });
}

/** The champion #1 runs once more and gives another number. */
function championAgain(metric: number): EventBody[] {
  const [started, ended] = aRun().filter(
    (e): e is EventBody<'trial.started'> | EventBody<'trial.ended'> =>
      (e.type === 'trial.started' || e.type === 'trial.ended') && e.n === 1,
  ) as [EventBody<'trial.started'>, EventBody<'trial.ended'>];
  return [
    { ...started, k: 1, role: 'champion' },
    { ...ended, k: 1, role: 'champion', metric, metrics: { val_bpb: metric } },
  ];
}

const life = (): EventBody[] => {
  const all = aRun();
  const afterMove = all.findIndex((e) => e.type === 'champion.moved') + 1;
  return [...all.slice(0, afterMove), ...championAgain(0.94), ...all.slice(afterMove)];
};

test('results.tsv says what the state says after every event, also when the champion runs again', () => {
  const session = open();
  for (const body of life()) {
    session.append(body);
    expect(readFileSync(results(), 'utf8'), `after ${body.type}`).toBe(resultsTsv(session.state));
  }
  expect(readFileSync(results(), 'utf8')).toContain('0.920000');
  expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'results.tsv']);
});

test('a results.tsv that was deleted, changed or could not be written is made whole with the next row', () => {
  const session = open();
  // Up to the last row: the revert after it writes the file anew anyway.
  const bodies = life().slice(0, 22);
  const hurts: Record<number, () => void> = {
    6: () => rmSync(results()),
    10: () => appendFileSync(results(), 'half a li'),
    13: () => {
      rmSync(results());
      mkdirSync(results());
    },
    16: () => rmSync(results(), { recursive: true }),
  };
  for (const [at, body] of bodies.entries()) {
    hurts[at]?.();
    session.append(body);
  }
  expect(readFileSync(results(), 'utf8')).toBe(resultsTsv(session.state));
});

test('it is written anew at the start, and goes on from there', () => {
  const bodies = life();
  const first = open();
  for (const body of bodies.slice(0, 14)) first.append(body);
  appendFileSync(results(), 'nonsense\n');
  const second = open();
  expect(readFileSync(results(), 'utf8')).toBe(resultsTsv(second.state));
  for (const body of bodies.slice(14)) second.append(body);
  expect(readFileSync(results(), 'utf8')).toBe(resultsTsv(second.state));
});

test('what is no file is left as it is', () => {
  const { journal } = openJournal(join(folder, 'journal.jsonl'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const session = openSession(foldPast([]), { journal, resultsPath: pipe, event: () => {}, pulse: () => {} });
  for (const body of life()) session.append(body);
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'pipe']);
});

test('a warning is journaled, once; what only informs, and what comes before or after the run, is not', () => {
  const session = open();
  const warned = () => session.state.warnings.map((w) => w.text);
  session.notice('warn', 'before the run');
  for (const body of life().filter((e) => e.type !== 'run.ended')) session.append(body);
  session.notice('info', 'only for those who watch');
  session.notice('warn', 'the teller failed');
  session.notice('warn', 'the teller failed');
  session.pulse({ type: 'notice', level: 'warn', text: 'the model is slow' });
  expect(warned()).toEqual(['the teller failed', 'the model is slow']);
  for (let n = 0; n < 50; n++) session.notice('warn', `#${n} cannot run again`);
  expect(warned()).toHaveLength(2 + 5);
  for (let n = 0; n < 500; n++) session.notice('error', `odd thing ${'x'.repeat(n)}`);
  expect(warned()).toHaveLength(100);
  session.append({ type: 'run.ended', outcome: 'finished', why: '', exitCode: 0 });
  session.notice('warn', 'after the run');
  session.flush();
  expect(open().state.warnings).toEqual(session.state.warnings);
  expect(warned()).toHaveLength(100);
});

test('a clock that is set is told before anything else, and counts for no time that was worked', () => {
  let ahead = 0;
  let now = Date.parse('2026-11-20T03:00:00.000Z');
  const { journal, events } = openJournal(join(folder, 'journal.jsonl'), () => new Date(now + ahead));
  const outlets = {
    journal,
    resultsPath: results(),
    event: () => {},
    pulse: () => {},
    clockAhead: () => ahead,
  };
  const session = openSession(foldPast(events), outlets);
  const [first, ...rest] = life().filter((e) => e.type !== 'run.ended');
  session.append(first!);
  for (const [i, body] of rest.entries()) {
    now += 1000;
    if (i === 3) ahead = 3_600_000;
    if (i === 5) ahead = 3_610_000;
    if (i === 7) ahead = -3_600_000;
    session.append(body);
  }
  session.flush();
  const told = open().state;
  expect(told).toEqual(session.state);
  const jumps = openJournal(join(folder, 'journal.jsonl')).events.filter((e) => e.type === 'clock.jumped');
  expect(jumps.map((e) => e.byMs)).toEqual([3_600_000, -7_200_000]);
  // Small steps are left as they are: ten seconds too many, and the second in which it went back.
  expect(told.sittingMs).toBe((rest.length - 1) * 1000 + 10_000);
  expect(told.idleMs).toBe(-3_600_000);
  expect(told.warnings.map((w) => w.text)).toEqual([
    expect.stringMatching(/^The clock went forward by 1 h 0 min at once/),
    expect.stringMatching(/^The clock was set back by 2 h 0 min/),
  ]);
});
