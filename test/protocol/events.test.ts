import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent, parseSlowly } from '../../src/protocol/events.ts';
import { aRun } from '../journal/a-run.ts';

// The quick way to read an event is no second opinion: whatever it lets through, the schemas give back unchanged.

const life = aRun().map((body, i) => ({ v: 1, seq: i + 1, at: '2026-11-20T22:00:00.000Z', ...body }));

const outcome = (read: (value: unknown) => unknown, value: unknown) => {
  try {
    return { event: read(value) };
  } catch (error) {
    return { error: (error as Error).message };
  }
};

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0.5, 1e308, 2 ** 53, 1_000_000, [], {}, [[]], '', 'kept', [null]),
  fc.constant(JSON.parse('{"__proto__": 1}')),
  fc.string(),
);

/** Sets, adds or removes something somewhere in a copy of `event`. */
function spoilt(event: object, places: readonly number[], key: string | null, value: unknown): unknown {
  const copy = structuredClone(event) as Record<string, unknown>;
  let at = copy;
  for (const place of places) {
    const inner = Object.values(at).filter((v) => typeof v === 'object' && v !== null);
    if (inner.length === 0) break;
    at = inner[place % inner.length] as Record<string, unknown>;
  }
  const keys = Object.keys(at);
  const name = key ?? keys[(places[0] ?? 0) % Math.max(1, keys.length)] ?? 'x';
  if (value === undefined) delete at[name];
  else at[name] = value;
  return JSON.parse(JSON.stringify(copy));
}

test('every event of a run reads the same quickly and slowly', () => {
  for (const event of life) expect(parseEvent(event)).toEqual(parseSlowly(event));
});

test('a damaged event reads the same quickly and slowly, with the same words', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...life),
      fc.array(fc.nat(20), { maxLength: 3 }),
      fc.option(fc.constantFrom('n', 'extra', 'constructor', 'why', 'curve')),
      fc.oneof(oddValue, fc.constant(undefined)),
      (event, places, key, value) => {
        const damaged = spoilt(event, places, key, value);
        expect(outcome(parseEvent, damaged)).toEqual(outcome(parseSlowly, damaged));
      },
    ),
    { numRuns: 3000 },
  );
});

test.each([null, 7, 'x', [], {}, { type: 'toString' }, { type: 'run.held' }])('%j is no event', (value) => {
  expect(outcome(parseEvent, value)).toEqual(outcome(parseSlowly, value));
});

test('the common events go the quick way: what is given is given back, not a copy', () => {
  const slow = new Set(life.filter((event) => parseEvent(event) !== event).map((event) => event.type));
  // Settings have rules of their own, and come once in a run.
  expect([...slow].sort()).toEqual(['run.resumed', 'run.started'].filter((type) => slow.has(type as never)));
});
