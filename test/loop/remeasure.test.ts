import { expect, test } from 'vitest';
import { foldLedger, openLedger } from '../../src/loop/ledger.ts';
import { remeasure } from '../../src/loop/remeasure.ts';
import type { EventBody, JournalEvent } from '../../src/protocol/events.ts';
import { aRun } from '../journal/a-run.ts';
import { trialEnded } from './night.ts';

/** A ledger of a baseline and one candidate, with these runs. */
function ledgerOf(baseline: readonly number[], candidate: readonly number[]) {
  let seq = 0;
  let ledger = openLedger();
  const add = (body: EventBody) => {
    seq += 1;
    ledger = foldLedger(ledger, { v: 1, at: '2026-01-01T00:00:00.000Z', ...body, seq } as JournalEvent);
  };
  const started = aRun()[0] as JournalEvent<'run.started'>;
  add(started);
  const runs = (n: number, values: readonly number[]) => {
    add({ type: 'experiment.started', n, parent: 'x', proposer: 'human' });
    for (const [k, metric] of values.entries())
      add(trialEnded(n, k, n === 0 ? 'baseline' : k === 0 ? 'candidate' : 'confirm', metric));
  };
  runs(0, baseline);
  runs(1, candidate);
  return ledger;
}

test.each([
  ['clearly better twice', [1, 1.01, 0.99], [0.9, 0.905], 'confirmed', /it holds up/],
  ['a little better, in the noise', [1, 1.03, 0.97], [0.99, 0.985], 'provisional', /within the noise/],
  [
    'better once, worse again',
    [1, 1.01, 0.99],
    [0.95, 1.08],
    'provisional',
    /not better than what it stood on/,
  ],
  ['exact repeats', [1, 1, 1], [0.999, 0.999], 'confirmed', /it holds up/],
] as const)('%s', (_, baseline, candidate, confidence, why) => {
  const said = remeasure(ledgerOf(baseline, candidate), 1, 0, null);
  expect(said).toMatchObject({ confidence, why: expect.stringMatching(why) });
  expect(said.metric).toBeCloseTo(candidate.reduce((a, b) => a + b, 0) / candidate.length, 10);
  expect(Math.sign(said.gain!)).toBe(Math.sign(said.z!));
});

test('a run that failed confirms nothing, and is told', () => {
  const said = remeasure(ledgerOf([1, 1.01, 0.99], [0.8, 0.8]), 1, 0, 'out of memory');
  expect(said).toMatchObject({
    confidence: 'provisional',
    why: expect.stringMatching(/it failed: out of memory/),
  });
  expect(remeasure(ledgerOf([1, 1.01, 0.99], []), 1, 0, 'out of memory')).toMatchObject({
    metric: null,
    z: null,
  });
  expect(remeasure(ledgerOf([1, 1.01, 0.99], [0.9]), 1, null, null)).toMatchObject({
    gain: null,
    confidence: null,
  });
});
