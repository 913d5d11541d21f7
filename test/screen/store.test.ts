import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Message } from '../../src/protocol/wire.ts';
import { createScreenStore, type ScreenStore } from '../../src/screen/store.ts';
import { baseline, experiments, journal, phase, start } from './fixtures.ts';

let store: ScreenStore;
let draws: number;
let blocked: boolean;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
  });
  blocked = false;
  draws = 0;
  store = createScreenStore({ size: { columns: 120, rows: 40 }, blocked: () => blocked });
  store.published.subscribe(() => draws++);
});
afterEach(() => {
  store.stop();
  vi.useRealTimers();
});

const hello: Message = { kind: 'hello', wire: 1, version: '', tag: '', project: '', pid: 1, lastSeq: 0 };
const line = (text: string): Message => ({
  kind: 'pulse',
  pulse: { type: 'log', n: 1, k: 0, lines: [text], live: null, dropped: 0 },
});

function attach(count = 3): void {
  const j = journal();
  start(j);
  baseline(j);
  experiments(j, count);
  store.receive(hello);
  for (const event of j.events) store.receive({ kind: 'event', event });
  expect(draws).toBe(0);
  store.receive({ kind: 'pulse', pulse: phase('held', 4, 0) });
  store.receive({ kind: 'live' });
}

test('the past is drawn once, when it is complete', () => {
  attach(10);
  expect(draws).toBe(1);
  expect(store.published.getState().run.experiments.length).toBe(11);
  expect(store.published.getState().link).toBe('live');
});

test('a flood of log lines is drawn a few times a second', () => {
  attach();
  draws = 0;
  for (let i = 0; i < 1000; i++) {
    for (let k = 0; k < 10; k++) store.receive(line(`line ${i} ${k}`));
    vi.advanceTimersByTime(1);
  }
  expect(draws).toBeLessThanOrEqual(4);
  expect(draws).toBeGreaterThanOrEqual(2);
  expect(store.current().live.log.ring.end).toBe(10_000);
});

test('tokens of a model are drawn ten times a second, and gauges ride on them', () => {
  attach();
  draws = 0;
  for (let i = 0; i < 100; i++) {
    store.receive({ kind: 'pulse', pulse: { type: 'model.tokens', n: 1, channel: 'answer', text: 'x' } });
    store.receive({ kind: 'pulse', pulse: { type: 'gpu', at: i, gpus: [], processes: [], stale: null } });
    vi.advanceTimersByTime(10);
  }
  expect(draws).toBeLessThanOrEqual(11);
  expect(draws).toBeGreaterThanOrEqual(9);
});

test('gauges alone are drawn every two seconds while the run is held', () => {
  attach();
  draws = 0;
  for (let i = 0; i < 100; i++) {
    store.receive({ kind: 'pulse', pulse: { type: 'gpu', at: i, gpus: [], processes: [], stale: null } });
    vi.advanceTimersByTime(100);
  }
  expect(draws).toBe(5);
});

test('nothing is drawn when nothing changed: heartbeats alone draw nothing', () => {
  attach();
  vi.advanceTimersByTime(1000);
  draws = 0;
  for (let i = 0; i < 60; i++) {
    store.receive({ kind: 'pulse', pulse: { type: 'heartbeat', at: i, beat: i } });
    vi.advanceTimersByTime(1000);
  }
  expect(draws).toBe(0);
});

test('a key is drawn at once', () => {
  attach();
  draws = 0;
  store.look({ focus: 'log' });
  expect(draws).toBe(1);
});

test('a blocked terminal is drawn nothing, and everything once it reads again', () => {
  attach();
  blocked = true;
  draws = 0;
  store.receive(line('while blocked'));
  store.look({ focus: 'log' });
  vi.advanceTimersByTime(60_000);
  expect(draws).toBe(0);
  blocked = false;
  vi.advanceTimersByTime(500);
  expect(draws).toBe(1);
  expect(store.published.getState().view.focus).toBe('log');
});

test('an engine that falls silent is noticed, and noticed again when it speaks', () => {
  attach();
  vi.advanceTimersByTime(20_000);
  expect(store.published.getState().link).toBe('silent');
  store.receive({ kind: 'pulse', pulse: { type: 'heartbeat', at: 1, beat: 1 } });
  vi.advanceTimersByTime(200);
  expect(store.published.getState().link).toBe('live');
});

test('a message goes after four seconds, an error stays', () => {
  attach();
  store.say('noted');
  vi.advanceTimersByTime(6000);
  expect(store.published.getState().view.toast).toBeNull();
  store.say('no', 'error');
  vi.advanceTimersByTime(60_000);
  expect(store.published.getState().view.toast?.text).toBe('no');
});

test('after a reconnect the present is what the engine sends, not that twice', () => {
  attach();
  store.receive(line('one'));
  store.receive(hello);
  store.receive(line('one'));
  store.receive({ kind: 'live' });
  expect(store.current().live.log.ring.end).toBe(1);
  expect(store.current().run.experiments.length).toBe(4);
});
