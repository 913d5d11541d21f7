import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultBindings } from '../../src/screen/keys/bindings.ts';
import type { Chord } from '../../src/screen/keys/chord.ts';
import { type CommandId, commandIds } from '../../src/screen/keys/commands.ts';
import { sequences } from './look-keys.ts';

// A key that no test presses in a real terminal is a key that may not work: whoever adds one is sent here.

/** Where the keys that reach the run, or need more than one screen, are pressed. All others are in look-keys.ts. */
const elsewhere: Partial<Record<CommandId, string>> = {
  hold: 'keys.test.ts',
  'hold-now': 'keys.test.ts',
  skip: 'keys.test.ts',
  revert: 'keys-revert.test.ts',
  note: 'keys.test.ts',
  notes: 'keys-verdict.test.ts',
  verdict: 'keys-verdict.test.ts',
  mode: 'keys-approve.test.ts',
  'approve-run': 'keys-approve.test.ts',
  'approve-reject': 'keys-approve.test.ts',
  'approve-edit': 'keys-approve.test.ts',
  'approve-note': 'keys-approve.test.ts',
  undo: 'keys-revert.test.ts',
  stop: 'keys-revert.test.ts',
  detach: 'keys.test.ts',
  interrupt: 'keys.test.ts',
  editor: 'keys-verdict.test.ts',
  pager: 'keys-verdict.test.ts',
  copy: 'keys-verdict.test.ts',
  suspend: 'keys-verdict.test.ts',
  redraw: 'keys-look.test.ts',
};

const inTable = (id: CommandId, chord: Chord) =>
  sequences.some(({ steps }) => steps.some((step) => 'id' in step && step.id === id && step.chord === chord));

const texts = new Map<string, string>();
function pressedIn(file: string, chord: Chord): boolean {
  if (!texts.has(file)) texts.set(file, readFileSync(new URL(file, import.meta.url), 'utf8'));
  const key = chord.length === 1 ? chord : `<${chord.replace('+', '-')}>`;
  const literal = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`[pP]ress\\w*\\((?:\\w+,\\s*)?'${literal}'`).test(texts.get(file)!);
}

test.each(commandIds)('every key of %s is pressed in a real terminal', (id) => {
  for (const chord of defaultBindings[id]) {
    const file = elsewhere[id];
    expect(
      inTable(id, chord) || (file !== undefined && pressedIn(file, chord)),
      `no test presses ${chord} for ${id}: add a step to look-keys.ts, or a test that changes a run`,
    ).toBe(true);
  }
});
