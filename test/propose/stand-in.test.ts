import { expect, test } from 'vitest';
import type { Proposal, ProposalSession, Proposer, Refusal } from '../../src/propose/proposer.ts';
import { withStandIn } from '../../src/propose/stand-in.ts';
import { createTunerProposer } from '../../src/propose/tuner/proposer.ts';
import { context, screen } from './ollama/sample-context.ts';

const refusal = (code: Refusal['code']): Refusal => ({ code, why: code, feedback: code });

/** A model that says the same each time, and remembers what it was told. */
function parrot() {
  const told: (Refusal | null)[] = [];
  const proposer: Proposer = {
    info: { kind: 'ollama', why: '', model: 'parrot:1b' },
    leased: null,
    prepare: async () => {},
    open: (): ProposalSession => ({
      async next(refusal) {
        told.push(refusal);
        return { hypothesis: 'the same again' } as Proposal;
      },
    }),
    close: async () => {},
  };
  return { proposer, told };
}
const tuner = createTunerProposer({ seed: 1, why: 'stand-in' });

test('after two repeats the tuner proposes, and says that it was it', async () => {
  const { proposer, told } = parrot();
  const seen = screen();
  const session = withStandIn(proposer, tuner).open(context(), seen.io);
  await session.next(null);
  expect((await session.next(refusal('duplicate'))).hypothesis).toBe('the same again');
  const third = await session.next(refusal('no-change'));
  expect(third.by).toEqual({ proposer: 'tuner' });
  expect(third.constants).not.toEqual([]);
  expect(told).toHaveLength(2);
  expect(seen.pulses).toContainEqual({
    type: 'notice',
    level: 'info',
    text: '#3: 2 repeats of what was tried: the tuner proposes instead',
  });
  // Refused as well, it proposes something else: it was told why.
  const fourth = await session.next(refusal('duplicate'));
  expect(fourth.by).toEqual({ proposer: 'tuner' });
  expect(fourth.constants).not.toEqual(third.constants);
});

test('slips of form are no repeats, and each experiment begins with the model', async () => {
  const { proposer, told } = parrot();
  const both = withStandIn(proposer, tuner);
  const session = both.open(context(), screen().io);
  for (const code of ['format', 'no-match', 'duplicate', 'check'] as const) await session.next(refusal(code));
  expect(told).toHaveLength(4);
  const next = both.open(context({ n: 4 }), screen().io);
  expect((await next.next(null)).by).toBeUndefined();
});

test('without constants to tune the model is asked on', async () => {
  const { proposer, told } = parrot();
  const surface = new Map([['main.py', 'print("hello")\n']]);
  const session = withStandIn(proposer, tuner).open(context({ surface }), screen().io);
  for (const told of [null, refusal('duplicate'), refusal('duplicate'), refusal('duplicate')])
    expect((await session.next(told)).hypothesis).toBe('the same again');
  expect(told).toHaveLength(4);
});
