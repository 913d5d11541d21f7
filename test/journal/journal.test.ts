import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyState, fold, foldAll } from '../../src/journal/fold.ts';
import { readJournal } from '../../src/journal/read.ts';
import { resultsTsv } from '../../src/journal/results-tsv.ts';
import { openJournal } from '../../src/journal/write.ts';
import { aRun } from './a-run.ts';

const temporary = () => join(mkdtempSync(join(tmpdir(), 'pawl-journal-')), 'journal.jsonl');

test('what was appended is read back, seq without gaps across reopening', () => {
  const path = temporary();
  const bodies = aRun();
  const first = openJournal(path);
  for (const body of bodies.slice(0, 5)) first.journal.append(body);
  first.journal.close();
  const second = openJournal(path);
  expect(second.events).toHaveLength(5);
  for (const body of bodies.slice(5)) second.journal.append(body);
  second.journal.close();
  const { events } = readJournal(path);
  expect(events.map((e) => e.seq)).toEqual(bodies.map((_, i) => i + 1));
  expect(events.map(({ v: _v, seq: _s, at: _a, ...body }) => body)).toEqual(bodies);
});

test('killed at any byte: only the torn line is lost, and the next append is whole', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  for (const body of aRun()) journal.append(body);
  journal.close();
  const whole = readFileSync(path);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (cut) => {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      const lines = whole.subarray(0, cut).toString('utf8').split('\n').length - 1;
      const again = openJournal(path);
      expect(again.events).toHaveLength(lines);
      again.journal.append({ type: 'run.released', by: 'user' });
      again.journal.close();
      expect(readJournal(path).events).toHaveLength(lines + 1);
    }),
    { numRuns: 60 },
  );
});

test('a number that no experiment can have is damage, not a list of two billion places', () => {
  const path = temporary();
  const at = (seq: number, n: number) =>
    `${JSON.stringify({ v: 1, seq, at: '2026-11-20T22:00:00.000Z', type: 'experiment.started', n, parent: 'b', proposer: 'tuner' })}\n`;
  const end = `${JSON.stringify({ v: 1, seq: 3, at: '2026-11-20T22:00:00.000Z', type: 'run.released', by: 'user' })}\n`;
  for (const n of [2, 999_999, 2_139_940_240]) {
    writeFileSync(path, at(1, 0) + at(2, n) + end);
    expect(() => readJournal(path)).toThrow(/journal.jsonl:2: the journal is damaged/);
  }
  writeFileSync(path, at(1, 0) + at(2, 1) + end);
  expect(readJournal(path).events).toHaveLength(3);
});

test('zeros behind the last line (power cut) are dropped', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  for (const body of aRun()) journal.append(body);
  journal.close();
  appendFileSync(path, Buffer.alloc(100));
  expect(openJournal(path).tornBytes).toBe(100);
});

test('damage in the middle is an error that names the line, never silently skipped', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  for (const body of aRun()) journal.append(body);
  journal.close();
  const lines = readFileSync(path, 'utf8').split('\n');
  const damaged = lines.with(2, '{"v":1,"seq":3');
  writeFileSync(path, damaged.join('\n'));
  expect(() => readJournal(path)).toThrow(/journal\.jsonl:3: the journal is damaged/);
  writeFileSync(path, lines.toSpliced(2, 1).join('\n'));
  expect(() => readJournal(path)).toThrow(/seq is 4, expected 3/);
});

test('folding one by one, all at once, from a middle, and after overlap gives the same state', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  const events = aRun().map((body) => journal.append(body));
  journal.close();
  const whole = foldAll(events);
  expect(events.reduce(fold, emptyState())).toEqual(whole);
  fc.assert(
    fc.property(fc.nat({ max: events.length }), fc.nat({ max: events.length }), (cut, overlap) => {
      const start = foldAll(events.slice(0, cut));
      const before = structuredClone(start);
      const from = Math.max(0, cut - overlap);
      expect(events.slice(from).reduce(fold, start)).toEqual(whole);
      expect(start).toEqual(before);
    }),
  );
});

test('the fold tells kept, reverted and the champion', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  const state = foldAll(aRun().map((body) => journal.append(body)));
  expect(state.experiments.map((e) => e.verdict)).toEqual(['kept', 'reverted', 'crashed', 'rejected']);
  expect(state.champion).toEqual({ sha: 'b'.repeat(40), n: 0 });
  expect(state.counts).toMatchObject({ kept: 0, reverted: 1, crashed: 1, rejected: 1 });
  expect(state.current).toBeNull();
  expect(state.notes[0]).toMatchObject({ usedBy: 2 });
});

test('energy adds up over proposals and trials; an old journal that has none does not know', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  const events = aRun().map((body) => journal.append(body));
  expect(foldAll(events).energyWh).toBeNull();
  const drawn: Partial<Record<string, number>> = { 'trial.ended': 2.5, 'experiment.proposed': 0.5 };
  const told = events.map((e) => (drawn[e.type] ? { ...e, energyWh: drawn[e.type]! } : e)) as typeof events;
  const count = (type: string) => events.filter((e) => e.type === type).length;
  const state = foldAll(told);
  expect(state.energyWh).toBeCloseTo(2.5 * count('trial.ended') + 0.5 * count('experiment.proposed'), 9);
  expect(state.experiments[0]!.trials[0]!.energyWh).toBe(2.5);
  expect(foldAll(told, foldAll(told.slice(0, 5))).energyWh).toBe(state.energyWh);
});

test('results.tsv is what the autoresearch notebook reads', () => {
  const path = temporary();
  const { journal } = openJournal(path);
  const state = foldAll(aRun().map((body) => journal.append(body)));
  expect(resultsTsv(state)).toBe(
    'commit\tval_bpb\tmemory_gb\tstatus\tdescription\n' +
      'bbbbbbb\t1.000000\t0.0\tkeep\tbaseline\n' +
      '1111111\t0.900000\t44.0\tdiscard\tRaise LR twice\n' +
      '2222222\t0.000000\t0.0\tcrash\tBreak it\n',
  );
});

test('a champion that ran again is worth the mean of its runs; time between two sittings is idle', () => {
  let clock = Date.parse('2026-11-20T00:00:00Z');
  const tick = () => {
    clock += 1000;
    return new Date(clock);
  };
  const { journal } = openJournal(temporary(), tick);
  // Up to the keep of #1, before anything is reverted.
  const kept = aRun()
    .slice(0, 13)
    .map((body) => journal.append(body));
  const trial = { n: 1, k: 1, role: 'champion', seed: 2, sha: '1'.repeat(40) } as const;
  const process = { pid: 1, startTicks: 1, bootId: 'x' };
  const started = journal.append({ type: 'trial.started', ...trial, process });
  const {
    type: _t,
    v: _v,
    seq: _s,
    at: _a,
    ...ended
  } = kept.find((e) => e.type === 'trial.ended' && e.n === 1)!;
  const again = journal.append({
    ...(ended as object),
    type: 'trial.ended',
    k: 1,
    role: 'champion',
    metric: 1.1,
  } as never);
  clock += 3_600_000;
  const resumed = journal.append({ type: 'run.resumed', engine: process, recovered: [] });
  const state = foldAll([...kept, started, again, resumed]);
  expect(state.champion.n).toBe(1);
  expect(state.experiments[1]!.metric).toBeCloseTo((0.9 + 1.1) / 2, 12);
  // The numbers of the verdict are kept from when others take their place.
  expect(foldAll(kept).experiments[1]!.asDecided).toBeNull();
  expect(state.experiments[1]!.asDecided).toEqual({ metric: 0.9, gain: null, z: null });
  expect(state.idleMs).toBe(3_601_000);
  // The bar from before belongs to another number: nobody knows it, until it is told with the run.
  const bars = (bar?: number) =>
    foldAll([
      ...kept,
      { ...kept.at(-1)!, bar: 0.9 } as never,
      started,
      { ...again, ...(bar ? { bar } : {}) },
    ] as never).bar;
  expect(bars()).toBeNull();
  expect(bars(1.02)).toBe(1.02);
});
