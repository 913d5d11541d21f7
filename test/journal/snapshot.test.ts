import { expect, test } from 'vitest';
import { emptyState, fold, foldAll } from '../../src/journal/fold.ts';
import { headOf, stateShape, thinExperiments, wholeExperiments } from '../../src/journal/snapshot.ts';
import type { RunState } from '../../src/journal/state.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { baseline, experiments, journal, start } from '../screen/fixtures.ts';
import { aRun } from './a-run.ts';

/** As it comes out at the other end of a socket. */
function sent(state: RunState, piece = 3): RunState {
  const over = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const all = [];
  for (let from = 0; from < state.experiments.length; from += piece)
    all.push(...wholeExperiments(over(thinExperiments(state, from, from + piece))));
  return { ...over(headOf(state)), experiments: all };
}

const lived: JournalEvent[] = aRun().map(
  (body, i) =>
    ({
      v: 1,
      seq: i + 1,
      at: new Date(Date.UTC(2026, 10, 20) + i * 1000).toISOString(),
      ...body,
    }) as JournalEvent,
);

function night(): JournalEvent[] {
  const j = journal();
  start(j);
  baseline(j);
  experiments(j, 14);
  return j.events;
}

test.each([
  ['a short life', lived],
  ['a night', night()],
])('%s: the state that is sent is the state that folding gives, after every event', (_, events) => {
  let state = emptyState();
  for (const event of events) {
    state = fold(state, event);
    expect(sent(state)).toEqual(JSON.parse(JSON.stringify(state)));
  }
});

test('what comes after is folded on top of it as on the whole past', () => {
  const events = night();
  for (const at of [1, 20, events.length - 3])
    expect(foldAll(events.slice(at), sent(foldAll(events.slice(0, at))))).toEqual(
      JSON.parse(JSON.stringify(foldAll(events))),
    );
});

test('a missing number stays missing', () => {
  const state = { ...emptyState(), experiments: foldAll(night()).experiments.slice(0, 3) };
  delete state.experiments[1];
  const [first, second, third] = sent(state).experiments;
  expect([first?.n, second, third?.n]).toEqual([0, undefined, 2]);
});

test('the shape has a version and fits into a request', () => {
  expect(stateShape).toMatch(/^\S+-[0-9a-f]{1,8}$/);
  expect(stateShape.length).toBeLessThan(64);
});
