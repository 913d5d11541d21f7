import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandFor, defaultBindings, sharePlace } from '../../src/screen/keys/bindings.ts';
import { functionKey } from '../../src/screen/keys/chord.ts';
import { readChord } from '../../src/screen/keys/chord-text.ts';
import { commandIds, commandInfo, dangerOf } from '../../src/screen/keys/commands.ts';
import { keysData } from '../../src/screen/keys/keys-doc.ts';
import { rebind } from '../../src/screen/keys/rebind.ts';

const where = (field: readonly string[]) => `config.yaml:3: ${field.join('.')}`;

test.each([
  ['P', 'P'],
  ['+', '+'],
  ['-', '-'],
  [' ', 'space'],
  ['space', 'space'],
  ['ctrl+p', 'ctrl+p'],
  ['Ctrl-P', 'ctrl+p'],
  ['Esc', 'esc'],
  ['Escape', 'esc'],
  ['PgDn', 'pagedown'],
  ['F5', 'f5'],
  ['Shift-Tab', 'shift+tab'],
  ['shift+p', 'P'],
  ['Ctrl-Space', 'ctrl+space'],
])('%s is read as %s', (text, chord) => {
  expect(readChord(text)).toEqual({ chord });
});

test.each([
  ['hello', /no key: write a letter/],
  ['alt+p', /Alt cannot be told from Esc/],
  ['hyper+p', /'hyper' is no modifier/],
  ['ctrl+i', /terminals send it for Tab/],
  ['Ctrl-S', /terminals stop their output/],
  ['shift+1', /Shift is known with Tab and letters only/],
  ['', /no key/],
])('%s is refused', (text, why) => {
  expect(readChord(text)).toEqual({ wrong: expect.stringMatching(why) });
});

describe('rebinding', () => {
  test('one key for another, several, and none', () => {
    const { bindings, problems } = rebind({ skip: ['f5', 'X'], undo: [] });
    expect(problems).toEqual([]);
    expect(bindings.skip).toEqual(['f5', 'X']);
    expect(bindings.undo).toEqual([]);
    expect(bindings.hold).toEqual(defaultBindings.hold);
    expect(commandFor('X', {}, bindings)).toBe('skip');
    expect(commandFor('s', {}, bindings)).toBeNull();
    expect(commandFor('u', {}, bindings)).toBeNull();
  });

  test('two commands may change places', () => {
    const { bindings, problems } = rebind({ hold: ['P'], 'hold-now': ['p'] });
    expect(problems).toEqual([]);
    expect([bindings.hold, bindings['hold-now']]).toEqual([['P'], ['p']]);
  });

  test.each([
    [
      { hold: ['P'] },
      "config.yaml:3: keys.hold: P is the key of both 'hold' and 'hold-now'. Give 'hold-now' another key too, or null.",
    ],
    [{ hold: ['x9'] }, /keys\.hold: 'x9' is no key/],
    [{ skp: ['x'] }, "config.yaml:3: keys.skp: there is no act of that name. Did you mean 'skip'?"],
    [{ detach: [], interrupt: [] }, /cannot both be without a key/],
  ])('%j is told, and stays as shipped', (wanted, problem) => {
    const { bindings, problems } = rebind(wanted as unknown as Record<string, string[]>, where);
    expect(problems).toHaveLength(1);
    if (typeof problem === 'string') expect(problems[0]).toBe(problem);
    else expect(problems[0]).toMatch(problem);
    expect(bindings.hold).toEqual(defaultBindings.hold);
    expect(bindings.interrupt).toEqual(defaultBindings.interrupt);
  });

  test('whatever is asked for, no key has two meanings in one place', () => {
    const keys = fc.constantFrom('p', 'P', 's', 'j', 'q', 'esc', 'ctrl+c', 'f1', '1', 'tab', 'nonsense');
    const wish = fc.dictionary(fc.constantFrom(...commandIds, 'nothing'), fc.array(keys, { maxLength: 3 }), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(wish, (wanted) => {
        const { bindings } = rebind(wanted);
        for (const a of commandIds)
          for (const b of commandIds)
            if (a < b && sharePlace(a, b))
              expect(bindings[a].filter((chord) => bindings[b].includes(chord))).toEqual([]);
        expect(bindings.detach.length + bindings.interrupt.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('function keys by what terminals send', () => {
  const sent = ['\x1bOP', '\x1b[11~', '\x1b[[A', '\x1b[P', '\x1b[15~', '\x1b[24~', '\x1b[5~', 'p', '\x1b'];
  expect(sent.map(functionKey)).toEqual([1, 1, null, 1, 5, 12, null, null, null]);
});

test('the registry knows of every command where it is valid and how dangerous it is', () => {
  const data = keysData() as { name: string; danger: string; about: string }[];
  expect(data.map((d) => d.name)).toEqual(commandIds);
  expect(dangerOf('skip')).toBe('costs');
  expect(dangerOf('note')).toBe('act');
  expect(dangerOf('down')).toBe('none');
  for (const id of commandIds) if (dangerOf(id) === 'costs') expect(commandInfo(id).act, id).toBe(true);
});
