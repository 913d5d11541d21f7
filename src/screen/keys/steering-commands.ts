import type { CommandInfo } from './command-info.ts';

/** What reaches the run. */
export const steeringCommands = {
  hold: {
    category: 'Steer the run',
    hint: 'hold',
    about: 'Hold after the running trial; again: release.',
    act: true,
  },
  'hold-now': {
    category: 'Steer the run',
    hint: 'hold now',
    about: 'Stop the running trial now and run it again on release.',
    act: true,
    costs: true,
  },
  skip: {
    category: 'Steer the run',
    hint: 'skip',
    about: 'Skip the current experiment; its result is lost.',
    act: true,
    costs: true,
  },
  revert: {
    category: 'Steer the run',
    hint: 'revert…',
    about: 'Move the champion: last kept, selected, best, baseline. Commits stay.',
    act: true,
    costs: true,
  },
  note: {
    category: 'Steer the run',
    hint: 'note',
    about: 'Write a note that the next proposals read.',
    act: true,
  },
  notes: {
    category: 'Steer the run',
    hint: 'notes',
    about: 'The notes in force, to withdraw them.',
    act: true,
  },
  verdict: {
    category: 'Steer the run',
    hint: 'verdict…',
    about: 'The selected experiment: keep anyway, discard, run again, pin.',
    act: true,
  },
  mode: {
    category: 'Steer the run',
    hint: 'approve',
    about: 'Each proposal waits for your yes, or runs by itself again.',
    act: true,
  },
  'approve-run': {
    category: 'A proposal waits',
    hint: 'run it',
    about: 'Run the proposal that waits.',
    act: true,
    approving: true,
  },
  'approve-reject': {
    category: 'A proposal waits',
    hint: 'reject',
    about: 'Reject it; the model proposes another one.',
    act: true,
    approving: true,
  },
  'approve-edit': {
    category: 'A proposal waits',
    hint: 'edit',
    about: 'Change its files in $EDITOR; they are checked again, then it waits again.',
    act: true,
    approving: true,
  },
  'approve-note': {
    category: 'A proposal waits',
    hint: 'reject, say why',
    about: 'Reject it with a note that the next proposal reads.',
    act: true,
    approving: true,
  },
  undo: {
    category: 'Steer the run',
    hint: 'undo…',
    about: 'Take back your latest act; shows what it will do, and the nine before it.',
    act: true,
  },
  stop: {
    category: 'Steer the run',
    hint: 'stop…',
    about: 'End the run: after this trial, or now.',
    act: true,
    costs: true,
  },
} as const satisfies Record<string, CommandInfo>;
