import { expect, test } from 'vitest';
import { chordLabel, commandFor, defaultBindings, sharePlace } from '../../src/screen/keys/bindings.ts';
import { chordsOf } from '../../src/screen/keys/chord.ts';
import { commandIds, commandTable } from '../../src/screen/keys/commands.ts';
import { keysMarkdown, keysText } from '../../src/screen/keys/keys-doc.ts';
import { editNote, insertInNote, type NoteOverlay } from '../../src/screen/keys/note-editor.ts';
import { whyNot } from '../../src/screen/keys/validity.ts';
import { states } from './states.ts';

test('no key has two meanings, and every command has a key', () => {
  for (const a of commandIds)
    for (const b of commandIds)
      if (a < b && sharePlace(a, b))
        for (const chord of defaultBindings[a]) expect(defaultBindings[b], `${a}, ${b}`).not.toContain(chord);
  for (const id of commandIds) expect(defaultBindings[id].length, id).toBeGreaterThan(0);
});

test('keys that terminals and multiplexers need are left alone', () => {
  for (const chord of ['ctrl+b', 'ctrl+a', 'ctrl+s', 'ctrl+q', 'ctrl+h', 'ctrl+i', 'ctrl+j', 'ctrl+m'])
    expect(commandFor(chord), chord).toBeNull();
});

test('key presses have names', () => {
  expect(chordsOf('p', {})).toEqual(['p']);
  expect(chordsOf('P', { shift: true })).toEqual(['P']);
  expect(chordsOf('', { tab: true, shift: true })).toEqual(['shift+tab']);
  expect(chordsOf('l', { ctrl: true })).toEqual(['ctrl+l']);
  expect(chordsOf(' ', {})).toEqual(['space']);
  expect(chordsOf('', { escape: true })).toEqual(['esc']);
  expect(chordsOf('jjj', {})).toEqual(['j', 'j', 'j']);
  expect(chordsOf('srvQ', {})).toEqual([]);
  expect(chordsOf('p', { eventType: 'release' })).toEqual([]);
});

test('labels are written as people write them', () => {
  expect(['ctrl+l', 'shift+tab', 'esc', 'P', '['].map(chordLabel)).toEqual([
    'Ctrl-L',
    'Shift-Tab',
    'Esc',
    'P',
    '[',
  ]);
});

test('the document and the help text name every command', () => {
  for (const id of commandIds) {
    if (/^focus-\d/.test(id)) continue;
    expect(keysMarkdown()).toContain(commandTable[id].about);
    expect(keysText()).toContain(commandTable[id].about);
  }
  expect(keysText()).toContain('1 2 3 4 5 6 7');
  expect(keysMarkdown()).toContain('| p | Hold after the running trial');
});

test('a key that makes no sense now says why', () => {
  const cases: [string, Parameters<typeof whyNot>[0], string][] = [
    ['held by user', 'skip', 'skip: nothing is running'],
    ['baseline', 'skip', 'skip: the baseline is needed'],
    ['setup', 'revert', 'revert: the champion is still the baseline'],
    ['setup', 'undo', 'undo: there is nothing to take back: no act of yours since the engine was started'],
    ['finished', 'hold', 'hold: the run has finished'],
    ['failed', 'note', 'note: the run has ended'],
    ['engine gone', 'stop', 'stop: the engine is gone'],
    ['training', 'next-experiment', 'later: this is live'],
  ];
  for (const [state, id, text] of cases) expect(whyNot(id, states[state]!())).toContain(text);
  for (const id of ['hold', 'skip', 'revert', 'note', 'stop'] as const)
    expect(whyNot(id, states.training!())).toBeNull();
});

const note = (text: string, cursor = text.length): NoteOverlay => ({
  kind: 'note',
  text,
  cursor,
  sticky: false,
});

test('the note editor edits', () => {
  expect(insertInNote(note('try x', 4), 'attention\n ')).toMatchObject({
    text: 'try attention  x',
    cursor: 15,
  });
  expect(editNote(note('abc', 1), 'backspace')).toMatchObject({ text: 'bc', cursor: 0 });
  expect(editNote(note('abc', 1), 'delete')).toMatchObject({ text: 'ac', cursor: 1 });
  expect(editNote(note('one two '), 'ctrl+w')).toMatchObject({ text: 'one ', cursor: 4 });
  expect(editNote(note('one two', 3), 'ctrl+k')).toMatchObject({ text: 'one' });
  expect(editNote(note('a😀'), 'backspace')).toMatchObject({ text: 'a', cursor: 1 });
  expect(editNote(note('a😀', 1), 'right')).toMatchObject({ cursor: 3 });
  expect(editNote(note(''), 'tab')).toMatchObject({ sticky: true });
  expect(editNote(note(''), 'q')).toBeNull();
  expect(insertInNote(note(''), 'x'.repeat(5000)).text.length).toBe(4000);
});
