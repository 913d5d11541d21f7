import { describe, expect, it } from 'vitest';
import type { ArmOutcome } from '../../src/loop/arms.ts';
import { type PersonaRewrite, personaAct } from '../../src/loop/persona-policy.ts';

const names = ['a', 'b', 'c'];
/** Outcomes from words: `a` an idea of a that failed, `A` one that survived. */
const outcomes = (ideas: string, from = 1): ArmOutcome[] =>
  [...ideas].map((idea, i) => ({
    n: from + i,
    arm: { proposer: 'panel', model: 'm', persona: idea.toLowerCase() },
    family: null,
    chosen: true,
    replies: 1,
    refused: 0,
    applied: true,
    tried: true,
    kept: idea !== idea.toLowerCase(),
    survived: idea !== idea.toLowerCase(),
    gain: 0,
    proposeSeconds: 1,
    trainSeconds: 1,
    energyWh: null,
  }));
const open = (n: number): PersonaRewrite => ({ persona: 'b', n, outcome: 'open', settledAt: null });

describe('the texts of the personas', () => {
  it('leaves all as it is for twenty ideas, then lets the weakest be written anew', () => {
    expect(personaAct(names, outcomes('AbaCbcabcabcabcabca'), [])).toBeNull();
    expect(personaAct(names, outcomes('AbaCbcabcabcabcabcab'), [])).toEqual({
      do: 'rewrite',
      persona: 'b',
      why: 'b is the weakest voice: 0 of 7 ideas helped; the model writes its text anew, for 6 ideas',
    });
  });

  it('calls nobody weak who was hardly heard, and nobody where all are alike', () => {
    expect(personaAct(names, outcomes('AbbAccAaAaAaAaAaAaAa'), [])).toBeNull();
    expect(personaAct(names, outcomes('abcabcabcabcabcabcabc'), [])).toBeNull();
  });

  it('after six ideas the new text stays only if more of them survive than before', () => {
    const before = outcomes('bbbbBbbbbb');
    const later = (ideas: string) => [...before, ...outcomes(ideas, 11)];
    expect(personaAct(names, later('bbbBb'), [open(11)])).toBeNull();
    expect(personaAct(names, later('bbabBbb'), [open(11)])).toMatchObject({
      do: 'settle',
      keep: true,
      why: 'b: with its new text 1 of 6 ideas helped, before 1 of 10 ideas helped: the new text stays',
    });
    expect(personaAct(names, later('bbbbbb'), [open(11)])).toMatchObject({ do: 'settle', keep: false });
    // The same share is no improvement.
    const half = [...outcomes('bB'), ...outcomes('bBbBbB', 3)];
    expect(personaAct(names, half, [open(3)])).toMatchObject({ keep: false });
  });

  it('waits again after each, and gives up on a persona whose file is gone', () => {
    const settled: PersonaRewrite = { persona: 'b', n: 5, outcome: 'dropped', settledAt: 15 };
    const past = outcomes('AbaCbcabcabcabcabcabcabcabcabcabcab');
    expect(personaAct(names, past.slice(0, 33), [settled])).toBeNull();
    expect(personaAct(names, past, [settled])).toMatchObject({ do: 'rewrite' });
    expect(personaAct(['a', 'c'], past, [open(3)])).toMatchObject({
      do: 'settle',
      persona: 'b',
      keep: false,
    });
  });
});
