import { expect, test } from 'vitest';
import { createPresent } from '../../src/engine/present.ts';
import type { Pulse, PulseOf } from '../../src/protocol/pulse.ts';

const tokens = (text: string, channel: 'thinking' | 'answer' = 'answer'): Pulse => ({
  type: 'model.tokens',
  n: 1,
  channel,
  text,
});
const started = (attempt = 1): Pulse => ({
  type: 'model.started',
  n: 1,
  attempt,
  model: 'm',
  numCtx: null,
  promptTokens: null,
});
const trial = (k: number): Pulse => ({
  type: 'trial.started',
  n: 1,
  k,
  startedAt: 0,
  budgetMs: 1,
  timeoutMs: 2,
});
const log = (lines: string[], k = 0, live: string | null = null): Pulse => ({
  type: 'log',
  n: 1,
  k,
  lines,
  live,
  dropped: 1,
});
const host = (at: number): Pulse => ({
  type: 'host',
  at,
  cpu: 1,
  memoryUsedMiB: 1,
  memoryTotalMiB: 2,
  trialRssMiB: null,
  engineRssMiB: 3,
});
const phase = (n: number): Pulse => ({ type: 'phase', phase: 'training', n, since: 0, detail: '' });

function after(...pulses: Pulse[]) {
  const present = createPresent();
  for (const pulse of pulses) present.note(pulse);
  return present.pulses();
}
const of = <T extends Pulse['type']>(pulses: Pulse[], type: T) =>
  pulses.filter((p): p is PulseOf<T> => p.type === type);

test('nothing has happened: nothing to tell', () => {
  expect(after()).toEqual([]);
});

test('a late screen is told in the order in which a picture is built', () => {
  const told = after(
    host(1),
    log(['line']),
    { type: 'curve', n: 1, k: 0, points: [] },
    { type: 'diff', n: 1, base: '#0', text: '-a\n+b' },
    { type: 'gpu', at: 1, gpus: [], processes: [], stale: null },
    started(),
    tokens('hm', 'thinking'),
    tokens('well'),
    { type: 'model.stats', n: 1, stage: 'done', tokens: 2, tokensPerSecond: 3, promptTokens: 4, note: null },
    phase(1),
  ).map((p) => p.type);
  expect(told).toEqual([
    'phase',
    'model.started',
    'model.tokens',
    'model.tokens',
    'model.stats',
    'diff',
    'log',
    'curve',
    'gpu',
    'host',
  ]);
  // A trial that starts clears what the one before had shown, so it comes before its log.
  const order = after(trial(0), log(['x'])).map((p) => p.type);
  expect(order).toEqual(['trial.started', 'log']);
});

test('only the newest phase, diff and trial; notices and heartbeats are for those who were there', () => {
  const told = after(
    phase(1),
    phase(2),
    { type: 'notice', level: 'info', text: 'hello' },
    { type: 'heartbeat', at: 1, beat: 1 },
  );
  expect(told).toEqual([phase(2)]);
});

test('a new attempt clears the stream of the one before', () => {
  const told = after(
    started(1),
    tokens('old'),
    { type: 'model.stats', n: 1, stage: 'done', tokens: 1, tokensPerSecond: 1, promptTokens: 1, note: null },
    started(2),
    tokens('new'),
  );
  expect(told).toEqual([started(2), tokens('new')]);
});

test('a new trial clears log and curve; another k does not run into the one before', () => {
  expect(of(after(trial(0), log(['a']), trial(1)), 'log')).toEqual([]);
  expect(of(after(log(['a'], 0), log(['b'], 1)), 'log')).toEqual([log(['b'], 1)]);
  const joined = of(after(log(['a'], 0, 'li'), log(['b'], 0, null)), 'log');
  expect(joined).toEqual([{ ...log(['a', 'b']), dropped: 2 }]);
});

test('tokens of a channel are joined, and thinking survives a long answer as far as there is room', () => {
  expect(of(after(started(), tokens('a'), tokens('b')), 'model.tokens')).toEqual([tokens('ab')]);
  const thought = 't'.repeat(40_000);
  const told = of(after(started(), tokens(thought, 'thinking'), tokens('a'.repeat(20_000))), 'model.tokens');
  expect(told.map((t) => [t.channel, t.text.length])).toEqual([
    ['thinking', 24_000],
    ['answer', 20_000],
  ]);
});

test('numbered log lines stay numbered, and a gap is not closed', () => {
  const numbered = (first: number, lines: string[], dropped = 0): Pulse => ({
    ...(log(lines) as PulseOf<'log'>),
    first,
    dropped,
  });
  const [all] = of(after(numbered(0, ['a', 'b']), numbered(2, ['c'])), 'log');
  expect([all!.first, all!.lines]).toEqual([0, ['a', 'b', 'c']]);
  const [gap] = of(after(numbered(0, ['a', 'b']), numbered(9, ['c'], 7)), 'log');
  expect([gap!.first, gap!.lines]).toEqual([9, ['c']]);
  const flood = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  const [tail] = of(after(numbered(0, flood)), 'log');
  expect([tail!.first, tail!.lines[0]]).toEqual([600, 'line 600']);
});

test('bounded, whatever comes', () => {
  const present = createPresent();
  present.note(started());
  present.note(tokens('x'.repeat(1_000_000)));
  for (let i = 0; i < 5000; i++) {
    present.note(tokens('y'.repeat(50), i % 2 ? 'thinking' : 'answer'));
    present.note(log(Array.from({ length: 10 }, (_, j) => `line ${i} ${j}`)));
    const points = [0, 1, 2].map((j) => ({ step: i * 3 + j, seconds: i, value: 1, fraction: null }));
    present.note({ type: 'curve', n: 1, k: 0, points });
    present.note(host(i));
    present.note({ type: 'gpu', at: i, gpus: [], processes: [], stale: null });
  }
  const told = present.pulses();
  expect(of(told, 'log')[0]!.lines).toHaveLength(400);
  expect(of(told, 'log')[0]!.lines.at(-1)).toBe('line 4999 9');
  const curve = of(told, 'curve')[0]!.points;
  expect(curve.length).toBeLessThanOrEqual(4001);
  expect([curve[0]!.step, curve.at(-1)!.step]).toEqual([0, 14_999]);
  expect(of(told, 'host')).toHaveLength(120);
  expect(of(told, 'gpu')).toHaveLength(120);
  expect(of(told, 'model.tokens').reduce((sum, t) => sum + t.text.length, 0)).toBeLessThanOrEqual(48_000);
});
