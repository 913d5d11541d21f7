import { expect, it } from 'vitest';
import type { HistoryRow } from '../../src/propose/proposer.ts';
import { createTunerProposer } from '../../src/propose/tuner/proposer.ts';
import { context, io } from './tuner-world.ts';

const text = 'LEARNING_RATE = 0.01\nMOMENTUM = 0\nWIDTH = 64\n';
const tuner = createTunerProposer({ seed: 1, why: 'as asked' });

function row(n: number, changed: Record<string, [number, number]>, more: Partial<HistoryRow>): HistoryRow {
  const constants = Object.entries(changed).map(([name, [from, to]]) => ({
    path: 'train.py',
    name,
    from,
    to,
  }));
  return {
    n,
    hypothesis: '',
    family: null,
    proposer: 'tuner',
    verdict: 'discarded',
    z: null,
    gain: null,
    metric: null,
    constants,
    why: '',
    added: constants.length,
    removed: constants.length,
    ...more,
  };
}

const worse = { z: -6, gain: -0.3, metric: 1.3 };
const exploded = { why: 'its curve has exploded: 7e+13 after a start at 178300' };

/** Proposals from this history: many seeds, each turn of the search. */
async function proposals(history: HistoryRow[], script = text) {
  const made = [];
  for (const turn of [undefined, 'other-way', 'structural'] as const)
    for (let seed = 1; seed <= 12; seed++) {
      const asked = { ...context(script, history, seed), ...(turn ? { turn } : {}) };
      made.push(await tuner.open(asked, io).next(null));
    }
  return made;
}

it.each([
  ['alone', { LEARNING_RATE: [0.01, 0.05] }, exploded],
  ['with another constant', { LEARNING_RATE: [0.01, 0.05], WIDTH: [64, 128] }, exploded],
  ['to a number beyond all reason', { LEARNING_RATE: [0.01, 0.05] }, { z: -99, gain: -9, metric: 1.2e55 }],
  ['by a crash', { LEARNING_RATE: [0.01, 0.05] }, { verdict: 'crashed' }],
] as [string, Record<string, [number, number]>, Partial<HistoryRow>][])(
  'nothing goes farther out than what exploded %s',
  async (_, changed, how) => {
    // The other way is closed: all that is left is between, or farther out.
    const history = [
      row(1, { LEARNING_RATE: [0.01, 0.005] }, { z: -30, gain: -2, metric: 3 }),
      row(2, { LEARNING_RATE: [0.01, 0.02] }, { z: 0.2, gain: 0.01, metric: 0.99 }),
      row(3, changed, how),
    ];
    const script = 'LEARNING_RATE = 0.01\n';
    for (const { constants } of await proposals(history, script))
      for (const c of constants) if (c.name === 'LEARNING_RATE') expect(c.to).toBeLessThanOrEqual(0.05);
  },
);

it('what ran as far out by itself is not the one to blame', async () => {
  const history = [
    row(1, { LEARNING_RATE: [0.01, 0.06] }, { z: 0.4, gain: 0.02, metric: 0.98 }),
    row(2, { LEARNING_RATE: [0.01, 0.04], WIDTH: [64, 256] }, exploded),
    row(3, { MOMENTUM: [0, 0.3] }, worse),
  ];
  const rates = (await proposals(history)).flatMap((p) =>
    p.constants.filter((c) => c.name === 'LEARNING_RATE'),
  );
  expect(rates.some((c) => c.to > 0.04)).toBe(true);
});

it('a momentum stays below one, from whatever it starts', async () => {
  for (const value of ['0', '0.0', '0.5', '0.95', '1']) {
    const script = `MOMENTUM = ${value}\nDROPOUT_PROB = 0\n`;
    for (let seed = 1; seed <= 30; seed++) {
      const asked = { ...context(script, [], seed), turn: 'structural' as const };
      for (const c of (await tuner.open(asked, io).next(null)).constants) expect(c.to).toBeLessThan(1);
    }
  }
});

it('no move is farther than a factor of eight', async () => {
  const history = [row(1, { LEARNING_RATE: [0.01, 0.02] }, { z: 3, gain: 0.2, metric: 0.8 })];
  for (const { constants } of await proposals(history))
    for (const { name, from, to } of constants)
      if (name !== 'MOMENTUM') expect(Math.abs(Math.log2(to / from))).toBeLessThan(3.3);
});

it('a short step that helped does not vouch for a leap that was already worse', async () => {
  const kept = row(1, { LEARNING_RATE: [0.005, 0.01] }, { verdict: 'kept', z: 5, gain: 0.2, metric: 0.8 });
  const refuted = row(2, { LEARNING_RATE: [0.01, 0.03] }, worse);
  const others = [row(3, { MOMENTUM: [0, 0.3] }, worse), row(4, { WIDTH: [64, 128] }, worse)];
  for (const { hypothesis, constants } of await proposals([kept, refuted, ...others])) {
    const rate = constants.find((c) => c.name === 'LEARNING_RATE');
    if (!rate) continue;
    if (rate.to >= 0.03) expect(hypothesis).toContain('a long shot: farther than #2, which was worse');
    else if (rate.to > rate.from) expect(hypothesis).toContain('direction that helped in #1');
  }
});
