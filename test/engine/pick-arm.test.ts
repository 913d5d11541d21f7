import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../src/config/load-config.ts';
import { pickArm } from '../../src/engine/pick-arm.ts';
import { foldAll } from '../../src/journal/fold.ts';
import { foldLedger, openLedger } from '../../src/loop/ledger.ts';
import type { Proposer } from '../../src/propose/proposer.ts';
import type { Arm, EventBody, JournalEvent } from '../../src/protocol/events.ts';

const model: Arm = { proposer: 'ollama', model: 'm:1b' };
const tuner: Arm = { proposer: 'tuner' };
const proposer = (arms: readonly Arm[] | undefined): Proposer =>
  ({ info: { kind: 'hybrid', why: '', model: null }, ...(arms ? { arms } : {}) }) as unknown as Proposer;

/** A past in which the tuner's every third idea was kept, and the model's never. */
function past(experiments: number, choose: (n: number) => Arm): JournalEvent[] {
  const events: EventBody[] = [];
  for (let n = 1; n <= experiments; n++) {
    const by = choose(n);
    const kept = by.proposer === 'tuner' && n % 3 === 0;
    events.push({ type: 'experiment.started', n, parent: 'p', proposer: by.proposer, by });
    events.push({
      type: 'experiment.proposed',
      n,
      attempt: 1,
      hypothesis: 'x',
      expect: null,
      family: null,
      constants: [],
      seconds: by.proposer === 'tuner' ? 0.1 : 20,
      tokens: null,
      by,
    });
    events.push({
      type: 'experiment.decided',
      n,
      verdict: kept ? 'kept' : 'discarded',
      metric: 1,
      gain: kept ? 0.01 : -0.01,
      z: kept ? 4 : -2,
      sigma: 0.0025,
      why: '',
      by: 'engine',
      confidence: null,
      label: null,
    });
  }
  const at = '2026-01-01T00:00:00.000Z';
  return events.map((body, i) => ({ v: 1, seq: i + 1, at, ...body }) as JournalEvent);
}

const sessionOf = (events: readonly JournalEvent[], turn?: 'other-way' | 'structural') => {
  const state = foldAll(events);
  state.settings = parseSettings('command: x\nsurface: a\nmetric: loss\n');
  state.seed = 7;
  if (turn) state.plateau = { at: '', n: 1, turn, round: 1, since: 30, of: null, why: '' };
  return { state, ledger: events.reduce(foldLedger, openLedger()) };
};

describe('who is asked', () => {
  it('one proposer alone needs no choice', () => {
    expect(pickArm(sessionOf([]), proposer(undefined), 1)).toEqual({
      by: { proposer: 'hybrid' },
      choice: null,
    });
  });

  it('a resumed run chooses as the one that went on: the journal alone decides', () => {
    const chosen: Arm[] = [];
    for (let n = 1; n <= 40; n++) {
      const going = sessionOf(past(n - 1, (m) => chosen[m - 1]!));
      const resumed = sessionOf(past(n - 1, (m) => chosen[m - 1]!));
      const pick = pickArm(going, proposer([model, tuner]), n);
      expect(pickArm(resumed, proposer([model, tuner]), n)).toEqual(pick);
      chosen.push(pick.by);
    }
    // The good one most of the time, the other one never given up.
    const tuned = chosen.slice(20).filter((arm) => arm.proposer === 'tuner').length;
    expect(tuned).toBeGreaterThan(12);
    expect(tuned).toBeLessThan(20);
  });

  it('on a plateau the other one has its turn, and only a model changes the structure', () => {
    const events = past(30, (n) => (n % 5 === 0 ? model : tuner));
    expect(pickArm(sessionOf(events, 'other-way'), proposer([model, tuner]), 31).by).toEqual(model);
    expect(pickArm(sessionOf(events, 'structural'), proposer([tuner, model]), 31)).toEqual({
      by: model,
      choice: 'm:1b: only a model changes more than constants',
    });
  });
});
