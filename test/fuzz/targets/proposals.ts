import fc from 'fast-check';
import { applyEdits } from '../../../src/propose/apply-edits.ts';
import { constantChanges } from '../../../src/propose/constant-changes.ts';
import { findConstants, setConstant } from '../../../src/propose/constants.ts';
import { InlineThinking } from '../../../src/propose/ollama/inline-thinking.ts';
import type { Edit } from '../../../src/propose/proposer.ts';
import { parseReply } from '../../../src/propose/reply-parser.ts';
import { normalPath } from '../../../src/propose/surface-path.ts';
import { UserError } from '../../../src/protocol/failure.ts';
import { posixPathFault } from '../../../src/workspace/edit-path.ts';
import { surfaceTest } from '../../../src/workspace/surface-test.ts';
import { paths, replies, replyPieces, surface, surfaceGlobs } from '../corpus.ts';
import { type FuzzTarget, must, target } from '../target.ts';
import { anyText, assembled, hostileText, mutated } from '../text.ts';

// What a model says, up to the files that would be written. Whatever it says, only the surface changes.

const onSurface = surfaceTest(surfaceGlobs, ['lib/link']);

/** What applying edits may come to. */
function applied(edits: readonly Edit[]): void {
  const result = applyEdits(surface, edits, onSurface);
  if (!result.ok) {
    must(result.refusal.why !== '' && result.refusal.feedback !== '', 'a refusal without words');
    must(result.refusal.feedback.length < 40_000, 'a refusal that is longer than a prompt can be');
    return;
  }
  must(result.files.size > 0, 'applied, but nothing to write');
  for (const [path, text] of result.files) {
    must(onSurface(path), `off the surface: ${JSON.stringify(path)}`);
    must(posixPathFault(path) === null, `no plain path: ${JSON.stringify(path)}`);
    must(text.length <= 1_000_000, 'a file that is too large');
  }
  constantChanges(surface, result.files);
}

const reply = fc.oneof(mutated(replies), assembled(replyPieces, 40), hostileText);
const path = fc.oneof(fc.constantFrom(...paths), mutated(paths), hostileText);
const somewhere = fc.constantFrom(...[...surface.values()].flatMap((text) => [text, ...text.split('\n')]));
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('replace' as const),
    path,
    search: fc.oneof(somewhere, mutated([...surface.values()].filter((t) => t !== '')), anyText),
    replace: fc.oneof(somewhere, hostileText),
  }),
  fc.record({ kind: fc.constant('whole' as const), path, content: fc.oneof(somewhere, hostileText) }),
  fc.record({
    kind: fc.constant('constant' as const),
    path: fc.oneof(path, fc.constant(null)),
    name: fc.oneof(
      fc.constantFrom('LEARNING_RATE', 'DEPTH', 'lr', 'nested', '__proto__', 'toString'),
      hostileText,
    ),
    value: fc.oneof(
      fc.constantFrom('1', '0.5', '1e999', 'NaN', '-', '1; import os', '0x10', '1_0', '"a"\nb = 1'),
      hostileText,
    ),
  }),
);

/** A config that cannot work is told in words. */
function parsedOrTold<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    must(error instanceof UserError, `no clear error: ${(error as Error).stack}`);
    return null;
  }
}

const source = fc.oneof(
  mutated([...surface.values()].filter((text) => text !== '')),
  assembled([
    'A',
    ' = ',
    '1',
    '2**16',
    '# ',
    '"""',
    "'",
    '\\',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    ': ',
    '#define X ',
    '/*',
    '*/',
    'e-',
    '.',
    '"a": ',
    'class A:',
    ',',
    ';',
  ]),
);

export const proposalTargets: FuzzTarget[] = [
  target(
    'replies of a model',
    25,
    fc.tuple(reply, fc.constantFrom('stop', 'length', null)),
    ([text, doneReason]) => {
      const parsed = parseReply(text, { surface, doneReason });
      if (!parsed.ok) return must(parsed.refusal.feedback !== '', 'a refusal without words');
      must(parsed.parts.edits.length > 0, 'read, but no edit');
      applied(parsed.parts.edits);
    },
  ),
  target('edits', 12, fc.array(edit, { minLength: 1, maxLength: 5 }), applied),
  target(
    'edits of constants',
    8,
    fc.tuple(source, fc.oneof(fc.constantFrom('A', 'X', 'a'), anyText), hostileText),
    ([text, name, value]) => {
      const found = findConstants(text, 'x.py');
      for (const c of found)
        must(
          text.slice(c.start, c.end) === c.raw,
          `a constant that is not where it is said to be: ${c.name}`,
        );
      for (const wish of [value, '7', '0.25']) {
        const set = setConstant(text, found[0]?.name ?? name, wish, 'x.py');
        if (!set.ok) continue;
        const lines = set.text.split('\n').length;
        must(
          lines === text.split('\n').length,
          `setting a constant to ${JSON.stringify(wish)} changed the number of lines`,
        );
      }
    },
  ),
  target('paths', 10, path, (raw) => {
    const normal = normalPath(raw);
    if (normal !== null)
      must(
        posixPathFault(normal) === null || normal.length > 400,
        `${JSON.stringify(normal)} is no plain path`,
      );
    for (const any of [raw, normal ?? raw]) {
      if (!onSurface(any)) continue;
      must(posixPathFault(any) === null, `on the surface, but no plain path: ${JSON.stringify(any)}`);
      must(!/(^|\/)\.(git|pawl)(\/|$)/i.test(any), `on the surface, but in ${any}`);
    }
  }),
  target(
    'globs of a surface',
    5,
    fc.tuple(
      fc.array(
        fc.oneof(
          fc.constantFrom(
            '**',
            '*',
            '**/*',
            '*.py',
            '.*',
            '../**',
            '/**',
            '[!a]*',
            '[[:alpha:]]*',
            '!*.md',
            '{a,b}',
          ),
          hostileText,
        ),
        { maxLength: 4 },
      ),
      path,
    ),
    ([globs, where]) => {
      const test = parsedOrTold(() => surfaceTest(globs, []));
      if (test?.(where))
        must(
          posixPathFault(where) === null && !/(^|\/)\.(git|pawl)(\/|$)/i.test(where),
          `${JSON.stringify(globs)} lets ${JSON.stringify(where)} in`,
        );
    },
  ),
  target(
    'thoughts in a stream',
    3,
    fc.array(fc.oneof(fc.constantFrom('<think>', '</think>', '<thi', 'nk>', '<', '</'), hostileText), {
      maxLength: 12,
    }),
    (pieces) => {
      const inline = new InlineThinking();
      const out = [...pieces.flatMap((piece) => [...inline.push(piece)]), ...inline.end()];
      const length = out.reduce((sum, part) => sum + part.text.length, 0);
      must(length <= pieces.join('').length, 'more came out than went in');
    },
  ),
];
