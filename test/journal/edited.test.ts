import { expect, test } from 'vitest';
import { foldEdit, newExperiment } from '../../src/journal/records.ts';
import type { Experiment } from '../../src/journal/state.ts';

const proposed: Experiment = {
  ...newExperiment({ type: 'experiment.started', n: 3, parent: 'p', proposer: 'tuner' }, '', {
    proposer: 'tuner',
  }),
  hypothesis: 'LR 1 -> 2: first look',
  expect: '5 % lower',
  constants: [{ path: 'train.py', name: 'LR', from: 1, to: 2 }],
};
const edit: Parameters<typeof foldEdit>[1] = {
  type: 'proposal.edited',
  n: 3,
  tree: 't',
  files: ['train.py'],
  added: 1,
  removed: 1,
};
const says = {
  hypothesis: 'LR 1 -> 3 (edited by hand)',
  constants: [{ path: 'train.py', name: 'LR', from: 1, to: 3 }],
};
function after(e: Experiment, ...events: Parameters<typeof foldEdit>[1][]): Experiment {
  let now = e;
  for (const event of events) now = { ...now, ...foldEdit(now, event) };
  return now;
}

test('an edited proposal is the user’s, with what it says now; what was expected was expected of another', () => {
  const edited = after(proposed, { ...edit, ...says });
  expect(edited).toMatchObject({ proposer: 'human', arm: { proposer: 'human' }, expect: null, ...says });
  expect(edited.edited).toMatchObject({
    proposer: 'tuner',
    hypothesis: proposed.hypothesis,
    expect: '5 % lower',
  });
  // Twice: the proposer's stays the one that is remembered.
  const twice = after(
    proposed,
    { ...edit, ...says },
    { ...edit, ...says, hypothesis: 'LR 1 -> 4 (edited by hand)' },
  );
  expect(twice).toMatchObject({
    hypothesis: 'LR 1 -> 4 (edited by hand)',
    edited: { hypothesis: proposed.hypothesis },
  });
});

test('taken back, it is what it was; an older journal says only that it was edited', () => {
  expect(after(proposed, { ...edit, ...says }, { ...edit, undone: true })).toEqual(proposed);
  expect(after(proposed, { ...edit, undone: true })).toEqual(proposed);
  expect(after(proposed, edit)).toMatchObject({ proposer: 'human', hypothesis: proposed.hypothesis });
});
