import fc from 'fast-check';

// Text as enemies, broken programs and small models write it.

/** Pieces that a terminal would obey, whole and cut. */
export const escapes = [
  ...[
    '\x1b[2J',
    '\x1b[31m',
    '\x1b[',
    '\x1b]0;title\x07',
    '\x1b]52;c;cm0=\x07',
    '\x1b]8;;http://x\x1b\\',
    '\x1b]',
  ],
  ...[
    '\x1bPq#0\x1b\\',
    '\x1bP',
    '\x1b_apc\x1b\\',
    '\x1b^pm\x1b\\',
    '\x1bX',
    '\x1bkname\x1b\\',
    '\x1bc',
    '\x1b',
    '\x1b\\',
  ],
  ...['\x9b2J', '\x9d0;t\x9c', '\x90', '\x9c', '\x85', '\x07', '\b\b\b', '\x00', '\x7f', '\x0e', '\x1b(0'],
  ...[
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u2028',
    '\u00ad',
    '\u{e0041}',
    '\udb40',
    '\ud800',
  ],
  ...['\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301', '\r', '\r\n', '\n', '\t'],
] as const;

const sequence = fc.constantFrom(...escapes);

export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'NaN',
    '-0',
    '1e999',
    'null',
    '../../etc/passwd',
    '%s%n',
  ),
);

/** Text with control sequences strewn in. */
export const hostileText = fc
  .array(fc.oneof({ weight: 2, arbitrary: sequence }, { weight: 3, arbitrary: anyText }), { maxLength: 12 })
  .map((parts) => parts.join(''));

/** A text of a corpus, cut, doubled, swapped and spiked at random places. */
export function mutated(corpus: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 60 }),
    how: fc.constantFrom('delete', 'double', 'spike', 'move', 'cut'),
    spike: fc.oneof(hostileText, fc.constantFrom(...corpus)),
  });
  return fc.tuple(fc.constantFrom(...corpus), fc.array(change, { maxLength: 5 })).map(([text, changes]) => {
    let out = text;
    for (const { at, length, how, spike } of changes) {
      const from = Math.floor(at * out.length);
      const piece = out.slice(from, from + length);
      const [before, after] = [out.slice(0, from), out.slice(from + length)];
      if (how === 'delete') out = before + after;
      else if (how === 'double') out = before + piece + piece + after;
      else if (how === 'spike') out = before + spike + piece + after;
      else if (how === 'move') out = piece + before + after;
      else out = before;
    }
    return out.slice(0, 20_000);
  });
}

/** Pieces of a grammar put together at random: most are nearly right, which is where parsers go wrong. */
export function assembled(pieces: readonly string[], most = 24): fc.Arbitrary<string> {
  return fc
    .array(
      fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: hostileText }),
      {
        maxLength: most,
      },
    )
    .map((parts) => parts.join(''));
}
