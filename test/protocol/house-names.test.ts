import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHouseName, plainName } from '../../src/protocol/house-names.ts';

describe('git’s folder and ours, in whatever spelling a disk takes for them', () => {
  test.each([
    ...['.git', '.pawl', '.Git', '.GIT', '.gIt', '.PAWL', '.Pawl'],
    // Apple's disks ignore characters without width, Windows ends and streams, and has short names.
    ...['.g\u200cit', '\u200d.pawl', '.pawl\ufeff', '.gi\u202et', '.PA\u206aWL'],
    ...['.git.', '.git ', '.git. .', '.PAWL...', '.git::$INDEX_ALLOCATION', '.pawl:x'],
    ...['git~1', 'GIT~1', 'PAWL~1', 'pawl~12'],
  ])('%j is', (name) => {
    expect(isHouseName(name)).toBe(true);
  });

  test.each([
    ...[
      'git',
      'pawl',
      '.gitignore',
      '.github',
      '.gitlab',
      '.pawls',
      'x.git',
      'my.pawl',
      '.git2',
      '.pawl-old',
    ],
    ...['..', '.', '...', '', ' ', 'git~', 'git~x', '~1', '.gıt', '.p\u0430wl'],
  ])('%j is not', (name) => {
    expect(isHouseName(name)).toBe(false);
  });

  test('whatever is put where a disk does not look', () => {
    const unseen = fc.constantFrom('', '\u200c', '\u200f', '\u202a', '\u206f', '\ufeff');
    const end = fc.constantFrom('', '.', ' ', '. ', '::$DATA');
    fc.assert(
      fc.property(
        fc.constantFrom('.git', '.pawl'),
        fc.array(fc.tuple(fc.boolean(), unseen), { minLength: 5, maxLength: 5 }),
        end,
        (name, odd, tail) => {
          const spelled = [...name].map((c, i) => (odd[i]![0] ? c.toUpperCase() : c) + odd[i]![1]).join('');
          expect(isHouseName(spelled + tail)).toBe(true);
        },
      ),
    );
  });
});

test.each([
  ['.GitIgnore', '.gitignore'],
  ['pawl.YAML. ', 'pawl.yaml'],
  ['a.py', 'a.py'],
  ['..', '..'],
])('%j reads as %j', (name, plain) => {
  expect(plainName(name)).toBe(plain);
});
