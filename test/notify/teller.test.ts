import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyState, fold, foldAll } from '../../src/journal/fold.ts';
import type { RunState } from '../../src/journal/state.ts';
import { type News, newsOf } from '../../src/notify/news.ts';
import { createTeller } from '../../src/notify/teller.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import type { FailureKind } from '../../src/protocol/failure.ts';
import { defaultUserSettings } from '../../src/protocol/user-settings.ts';
import * as f from '../screen/fixtures.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const wanted = defaultUserSettings().notifications.events;

/** A run that can be told more, and what its teller said. */
function telling(away: () => boolean = () => true, events = wanted) {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  let run = foldAll(j.events);
  const told: News[] = [];
  const teller = createTeller({ wanted: events, away, start: run, tell: (news) => told.push(news) });
  return {
    told,
    teller,
    happen(body: EventBody) {
      const event = { v: 1, seq: run.seq + 1, at: new Date(f.moment + run.seq).toISOString(), ...body };
      run = fold(run, event as JournalEvent);
      teller.saw(run);
    },
    run: () => run,
  };
}

const held = (reason: string, by: 'engine' | 'user' = 'engine', kind?: FailureKind): EventBody => ({
  type: 'run.held',
  by,
  reason,
  next: 'Mend it.',
  when: 'now',
  ...(kind ? { kind } : {}),
});
const released: EventBody = { type: 'run.released', by: 'engine' };
const ended: EventBody = { type: 'run.ended', outcome: 'finished', why: '8 experiments', exitCode: 0 };

test('the end of a run is told, to somebody who is away', () => {
  const t = telling();
  t.happen(ended);
  expect(t.told).toMatchObject([{ kind: 'finished', title: 'run nov20 finished' }]);
  const here = telling(() => false);
  here.happen(ended);
  expect(here.told).toEqual([]);
});

test('a hold of the engine is news, the user’s own is not', () => {
  const t = telling();
  t.happen(held('by you', 'user'));
  t.happen(released);
  t.happen(held('5 crashes in a row'));
  expect(t.told).toMatchObject([{ kind: 'held', text: '5 crashes in a row. Mend it.' }]);
});

test.each([
  ['model', 'model-lost'],
  ['gpu', 'gpu-lost'],
] as const)('a lost %s is told when it lasts two minutes', (kind, event) => {
  const t = telling();
  t.happen(held('It does not answer', 'engine', kind));
  vi.advanceTimersByTime(119_000);
  expect(t.told).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(t.told).toMatchObject([{ kind: event }]);
});

// Words that would say something else, so that only the kind can be what decides.
test.each([
  ['disk', 'The model of the GPU', 'disk-low', 'held: the disk is full'],
  ['model', 'The disk of the GPU', 'model-lost', 'held: no model'],
  ['gpu', 'Ollama has no disk', 'gpu-lost', 'held: no GPU'],
  ['busy', 'ollama took the GPU', 'held', 'held: the machine is busy'],
  ['crashes', 'CUDA error: the model is gone', 'held', 'held: crash after crash'],
  ['too-good', '#3 is too good: model on the GPU', 'held', 'held: is this result real?'],
  ['data', 'The input /mnt/disk/model/gpu is gone', 'held', 'held: the data is gone'],
  ['repository', 'the disk of the model', 'held', 'held: the repository'],
  ['sandbox', 'no GPU, no disk', 'held', 'held: no sandbox'],
  ['trial', 'the kernel killed ollama', 'held', 'held: no trial can be carried out'],
  ['machine', 'no disk, no model, no GPU', 'held', 'the run is held'],
] as const)('a hold of kind %s is told by its kind, not by its words', (kind, reason, event, title) => {
  const t = telling();
  t.happen(held(reason, 'engine', kind));
  vi.advanceTimersByTime(121_000);
  expect(t.told).toMatchObject([{ kind: event, title }]);
});

test.each(['The input /mnt/disk/data is gone', 'The input data/model (gpu) is empty'])(
  'words are not guessed at, where a journal of before says no kind: %s',
  (reason) => {
    const t = telling();
    t.happen(held(reason));
    expect(t.told).toMatchObject([{ kind: 'held', title: 'the run is held', text: `${reason}. Mend it.` }]);
  },
);

test('what came back by itself is not told', () => {
  const t = telling();
  t.happen(held('Ollama does not answer', 'engine', 'model'));
  vi.advanceTimersByTime(60_000);
  t.happen(released);
  vi.advanceTimersByTime(600_000);
  expect(t.told).toEqual([]);
});

test('a full disk is told at once', () => {
  const t = telling();
  t.happen(held('The disk of /p is full', 'engine', 'disk'));
  expect(t.told).toMatchObject([{ kind: 'disk-low' }]);
});

test('at most one a minute; the most important of the rest when it is over', () => {
  const t = telling(() => true, { ...wanted, result: true });
  const one = (n: number) => {
    t.happen({ type: 'experiment.started', n, parent: 'a'.repeat(40), proposer: 'tuner' });
    t.happen({
      type: 'experiment.decided',
      n,
      verdict: 'discarded',
      metric: 2,
      gain: -0.1,
      z: -1,
      sigma: 0.01,
      why: 'worse',
      by: 'engine',
      confidence: null,
      label: 'worse',
    });
  };
  one(1);
  expect(t.told.map((n) => n.title)).toEqual(['#1 discarded']);
  one(2);
  one(3);
  t.happen(held('5 crashes in a row'));
  expect(t.told.length).toBe(1);
  vi.advanceTimersByTime(61_000);
  expect(t.told.length).toBe(2);
  expect(t.told[1]).toMatchObject({ kind: 'held' });
  expect(t.told[1]!.text).toMatch(/and 2 more/);
});

test('who comes back within the minute is not told what they see', () => {
  let away = true;
  const t = telling(() => away);
  t.happen(held('5 crashes in a row'));
  t.happen(released);
  t.happen(held('6 crashes in a row'));
  away = false;
  vi.advanceTimersByTime(61_000);
  expect(t.told.length).toBe(1);
});

test('the end is told although the minute is not over, when the process goes', () => {
  const t = telling();
  t.happen(held('5 crashes in a row'));
  t.happen(ended);
  t.teller.close();
  expect(t.told.map((n) => n.kind)).toEqual(['held', 'finished']);
});

test('a new best is news only for who wants it; nothing is news twice', () => {
  const j = f.journal();
  f.start(j);
  f.baseline(j);
  f.experiments(j, 3);
  let before: RunState = emptyState();
  const kinds: string[] = [];
  for (const event of j.events) {
    const after = fold(before, event);
    kinds.push(...newsOf(before, after).map((n) => `${n.kind} ${n.title}`));
    expect(newsOf(after, after)).toEqual([]);
    before = after;
  }
  expect(kinds).toContain('best new best: #1');
  expect(kinds.filter((k) => k.startsWith('result')).length).toBe(3);
  expect(wanted.best).toBe(false);
});
