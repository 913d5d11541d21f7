import { expect, test } from 'vitest';
import { cleanLines } from '../../src/protocol/clean.ts';
import type { Pulse, PulseOf } from '../../src/protocol/pulse.ts';
import { emptyLive, foldPulse, type LiveState } from '../../src/screen/live.ts';
import { LogRing } from '../../src/screen/log-ring.ts';
import { gpuSample, modelPulses } from './fixtures.ts';

function play(pulses: Pulse[], from: LiveState = emptyLive()): LiveState {
  return pulses.reduce((live, pulse) => foldPulse(live, pulse, 1000), from);
}

function log(n: number, lines: string[], live: string | null = null): Pulse {
  return { type: 'log', n, k: 0, lines, live, dropped: 0 };
}

test('the ring holds the last lines and counts them all', () => {
  const ring = new LogRing(3);
  for (let i = 1; i <= 5; i++) ring.push(`line ${i}`);
  expect([1, 2, 3, 4, 5].map((no) => ring.at(no))).toEqual([null, 'line 3', 'line 4', 'line 5', null]);
  expect([ring.size, ring.first, ring.end]).toEqual([3, 2, 5]);
  ring.push('x'.repeat(10_000), 77);
  expect(ring.at(5)!.length).toBe(4000);
  expect([ring.timeOf(4), ring.timeOf(5)]).toEqual([0, 77]);
});

test('a new trial clears the log and the curve, its own repeated start does not', () => {
  const start: Pulse = { type: 'trial.started', n: 2, k: 0, startedAt: 1, budgetMs: 1, timeoutMs: 2 };
  const one = play([log(1, ['old']), start, log(2, ['new'], 'step 5')]);
  expect(one.log.ring.at(0)).toBe('new');
  expect(one.log.live).toBe('step 5');
  expect(play([start], one).log.ring.size).toBe(1);
});

test('numbered lines: what is told twice stands once, and after a gap the ring begins anew', () => {
  const told = (first: number, lines: string[]): Pulse => ({ ...(log(1, lines) as PulseOf<'log'>), first });
  const one = play([told(0, ['a', 'b']), told(1, ['b', 'c'])]);
  expect([0, 1, 2].map((no) => one.log.ring.at(no))).toEqual(['a', 'b', 'c']);
  expect(one.log.ring.end).toBe(3);
  const gap = play([told(10, ['x'])], one);
  expect([gap.log.ring.first, gap.log.ring.end, gap.log.ring.at(2), gap.log.ring.at(10)]).toEqual([
    10,
    11,
    null,
    'x',
  ]);
});

test('streams and curves stay bounded', () => {
  const tokens = Array.from(
    { length: 400 },
    (): Pulse => ({ type: 'model.tokens', n: 1, channel: 'answer', text: 'x'.repeat(500) }),
  );
  const points = Array.from({ length: 6000 }, (_, step) => ({
    step,
    seconds: step,
    value: 1,
    fraction: null,
  }));
  const live = play([...modelPulses(1, 'loading'), ...tokens, { type: 'curve', n: 1, k: 0, points }]);
  expect(live.model!.answer.length).toBeLessThanOrEqual(36_000);
  expect(live.model!.stage).toBe('generating');
  expect(live.curve.points.length).toBeLessThanOrEqual(2000);
  expect(live.curve.points.at(-1)!.step).toBe(5999);
});

test('an escape sequence in two pieces is one again', () => {
  const piece = (text: string): Pulse => ({ type: 'model.tokens', n: 1, channel: 'answer', text });
  const live = play([
    ...modelPulses(1, 'loading'),
    piece('a\x1b[3'),
    piece('1mred\x1b]0;ti'),
    piece('tle\x07b'),
  ]);
  expect(cleanLines(live.model!.answer)).toEqual(['aredb']);
});

test('tokens of another experiment are not this one’s', () => {
  const live = play([...modelPulses(3), { type: 'model.tokens', n: 2, channel: 'answer', text: 'late' }]);
  expect(live.model!.answer).not.toContain('late');
});

test('GPU history keeps two minutes, and gaps stay gaps', () => {
  const pulses = Array.from(
    { length: 130 },
    (_, i): Pulse => ({
      type: 'gpu',
      at: i,
      gpus: [{ ...gpuSample, utilization: i === 129 ? null : i }],
      processes: [],
      stale: null,
    }),
  );
  const history = play(pulses).gpu!.history[0]!;
  expect(history.utilization.length).toBe(120);
  expect(history.utilization.at(-1)).toBeNull();
});

test('parts that a pulse does not touch stay the same objects', () => {
  const before = play(modelPulses(1));
  const after = play([{ type: 'heartbeat', at: 1, beat: 1 }], before);
  expect(after.model).toBe(before.model);
  expect(after.log).toBe(before.log);
});
