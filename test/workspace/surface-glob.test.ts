import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Git } from '../../src/workspace/git.ts';
import { surfaceMatcher } from '../../src/workspace/surface-glob.ts';
import { temporaryRepository } from './temporary-repository.ts';

const parts = ['a', 'b', 'ab', 'é', 'a-b', '[x]', '*', 'a.py', 'b.py', '.h', '!', '-f', 'A', '0'];
const paths = ['', ...parts].flatMap((top) =>
  parts.flatMap((mid) => [
    [top, mid].filter(Boolean).join('/'),
    [top, 'd', mid, `${mid}.py`].filter(Boolean).join('/'),
  ]),
);
// A path cannot be a file and a folder at once: files end in `_`, folders do not.
const files = [...new Set(paths.map((path) => `${path}_`))];

const atom = fc.constantFrom(
  ...parts,
  '?',
  '*',
  '**',
  '**/',
  '/',
  '/**/',
  '[ab]',
  '[!a]',
  '[^b]',
  '[a-z]',
  '[]x]',
  '[[:alpha:]]',
  '[[:digit:]a]',
  '\\*',
  '\\a',
  '[',
  '_',
  'd',
  '*_',
  '**_',
);
const pattern = fc
  .array(atom, { minLength: 1, maxLength: 5 })
  .map((atoms) =>
    atoms
      .join('')
      .replace(/\/{2,}/g, '/')
      .replace(/^[/!]+|\/+$/g, ''),
  )
  .filter((text) => text !== '' && text !== '.' && !text.includes('..'));

test('the surface means what git means by the same glob', async () => {
  const root = temporaryRepository(Object.fromEntries(files.map((file) => [file, 'x'])));
  const git = new Git({ cwd: root });
  await fc.assert(
    fc.asyncProperty(fc.noShrink(fc.array(pattern, { minLength: 25, maxLength: 25 })), async (patterns) => {
      for (const glob of patterns) {
        const out = await git.text(['ls-files', '-z', '--', `:(glob)${glob}`]);
        const expected = out.split('\0').filter(Boolean).sort();
        expect(files.filter(surfaceMatcher([glob])).sort(), glob).toEqual(expected);
      }
    }),
    { numRuns: 12 },
  );
});

test.each([
  [['src'], ['src/a.py', 'src/b/c.py'], ['srcx', 'x/src']],
  [['./src/'], ['src/a.py'], ['a.py']],
  [
    ['**/*.py', '!tests/**'],
    ['a.py', 'x/y/b.py'],
    ['tests/a.py', 'a.js'],
  ],
  [['.'], ['a', 'b/c'], []],
  [['*.py'], ['a.py'], ['x/a.py']],
])('%j', (globs, yes, no) => {
  const on = surfaceMatcher(globs);
  expect([...yes, ...no].filter(on)).toEqual(yes);
});
