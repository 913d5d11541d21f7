import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../src/propose/apply-edits.ts';
import { constantChanges } from '../../src/propose/constant-changes.ts';
import type { Edit } from '../../src/propose/proposer.ts';
import { surface, trainPy } from './surface-sample.ts';

const never = () => false;
const replace = (search: string, text: string, path = 'train.py'): Edit => ({
  kind: 'replace',
  path,
  search,
  replace: text,
});
const apply = (
  files: ReadonlyMap<string, string>,
  edits: Edit[],
  onSurface: (p: string) => boolean = never,
) => applyEdits(files, edits, onSurface);
const code = (files: ReadonlyMap<string, string>, edits: Edit[], onSurface?: (p: string) => boolean) => {
  const applied = apply(files, edits, onSurface);
  return applied.ok ? 'applied' : applied.refusal.code;
};

describe('all or none', () => {
  test('every edit sees the same base', () => {
    const files = new Map([['a', 'one\ntwo\nthree\n']]);
    const applied = apply(files, [replace('three', '3\n', 'a'), replace('one', '1\nthree\n', 'a')]);
    expect(applied).toMatchObject({ ok: true, files: new Map([['a', '1\nthree\ntwo\n3\n']]) });
  });
  test('one bad edit spoils all, and the feedback tells of the good ones', () => {
    const applied = apply(surface, [replace('WARMUP = 0', 'WARMUP = 5'), replace('nowhere', 'x')]);
    expect(applied).toMatchObject({ ok: false, refusal: { code: 'no-match' } });
    if (!applied.ok) expect(applied.refusal.feedback).toContain('1 could be applied, 1 could not');
  });
  test('overlap, whole with edits, and the same edit twice', () => {
    const a = replace('LEARNING_RATE = 0.01\nBATCH = 32  # examples a step', 'LEARNING_RATE = 1');
    expect(code(surface, [a, replace('BATCH = 32  # examples a step', 'BATCH = 1')])).toBe('format');
    expect(code(surface, [{ kind: 'whole', path: 'train.py', content: 'x\n' }, a])).toBe('format');
    expect(code(surface, [a, { ...a }])).toBe('applied');
    expect(code(surface, [{ kind: 'constant', path: null, name: 'BATCH', value: '64' }, a])).toBe('format');
  });
  test('constants and blocks together', () => {
    const applied = apply(surface, [
      { kind: 'constant', path: null, name: 'BATCH', value: '64' },
      { kind: 'constant', path: 'train.py', name: 'LEARNING_RATE', value: '0.02' },
      replace('    return 1.0', '    return 0.5'),
    ]);
    expect(applied.ok && applied.files.get('train.py')).toBe(
      trainPy.replace('BATCH = 32', 'BATCH = 64').replace('0.01', '0.02').replace('return 1.0', 'return 0.5'),
    );
    expect(applied.ok && constantChanges(surface, applied.files)).toEqual([
      { path: 'train.py', name: 'LEARNING_RATE', from: 0.01, to: 0.02 },
      { path: 'train.py', name: 'BATCH', from: 32, to: 64 },
    ]);
  });
});

describe('files', () => {
  test.each([
    '../train.py',
    '/etc/passwd',
    '.git/config',
    'a/../train.py',
    '.GIT/hooks/x',
    '.Git/config',
    'src/.git./config',
    '.g\u200cit/config',
    'git~1/config',
    '.pawl/runs/t/journal.jsonl',
    '.PAWL/runs/t/journal.jsonl',
    'lib/.Pawl /x.py',
    'C:\\train.py',
    '~/train.py',
    'prepare.py',
    'evil/train.py',
    'x\u0000.py',
  ])('%s is off the surface', (path) => {
    expect(code(surface, [{ kind: 'whole', path, content: 'x\n' }], (p) => p === 'new.py')).toBe(
      'off-surface',
    );
  });
  test.each(['./train.py', 'train.py', '`train.py`', './/train.py'])('%s is train.py', (path) => {
    expect(code(surface, [replace('WARMUP = 0', 'WARMUP = 1', path)])).toBe('applied');
  });
  test('new files, where allowed', () => {
    const made = apply(surface, [replace('', 'X = 1\n', 'lib/new.py')], (p) => p.startsWith('lib/'));
    expect(made.ok && [...made.files]).toEqual([['lib/new.py', 'X = 1\n']]);
    expect(code(surface, [replace('', 'X = 1\n')])).toBe('no-match');
    expect(code(surface, [replace('A = 1', 'X = 1\n', 'lib/new.py')], () => true)).toBe('off-surface');
  });
  test('no change: same text, other blanks, other line ends; an indentation is a change', () => {
    expect(code(surface, [replace('WARMUP = 0', 'WARMUP = 0')])).toBe('no-change');
    expect(code(surface, [replace('WARMUP = 0', 'WARMUP = 0   \n\n')])).toBe('no-change');
    expect(
      code(surface, [{ kind: 'whole', path: 'train.py', content: trainPy.replaceAll('\n', '\r\n') }]),
    ).toBe('no-change');
    expect(code(surface, [replace('    return 1.0', '        return 1.0')])).toBe('applied');
  });
  test('too large', () => {
    expect(code(surface, [{ kind: 'whole', path: 'train.py', content: 'x'.repeat(1_000_001) }])).toBe(
      'too-large',
    );
  });
  test('line ends and the final newline stay as they were', () => {
    const crlf = new Map([['a', 'one\r\ntwo\r\nthree']]);
    expect(apply(crlf, [replace('two', '2\n2b\n', 'a')])).toMatchObject({
      files: new Map([['a', 'one\r\n2\r\n2b\r\nthree']]),
    });
    expect(apply(crlf, [replace('three', '3', 'a')])).toMatchObject({
      files: new Map([['a', 'one\r\ntwo\r\n3']]),
    });
    expect(apply(crlf, [{ kind: 'whole', path: 'a', content: 'x\ny\n' }])).toMatchObject({
      files: new Map([['a', 'x\r\ny']]),
    });
    const mixed = new Map([['a', 'one\r\ntwo\nthree\nfour\n']]);
    expect(apply(mixed, [replace('three', '3', 'a')])).toMatchObject({
      files: new Map([['a', 'one\r\ntwo\n3\nfour\n']]),
    });
  });
  test('NBSP in the indentation of a replacement is mended', () => {
    const applied = apply(surface, [replace('    return 1.0', '\u00a0\u00a0\u00a0\u00a0return 0.5')]);
    expect(applied.ok && applied.files.get('train.py')).toBe(trainPy.replace('return 1.0', 'return 0.5'));
  });
});

// A little language of lines: few words, so that repeats and near repeats are common.
const line = fc
  .tuple(fc.nat(3), fc.constantFrom('a = 1', 'b = a', 'return a', 'if a:', 'x', '', 'f(a, b)', 'y = f(a)'))
  .map(([depth, code]) => (code === '' ? '' : '    '.repeat(depth) + code));
const file = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 25 }),
  ended: fc.boolean(),
  crlf: fc.boolean(),
});
const scenario = fc
  .tuple(file, fc.nat(), fc.nat(), fc.array(line, { maxLength: 4 }))
  .map(([f, a, b, text]) => {
    const start = a % f.lines.length;
    const length = 1 + (b % Math.min(5, f.lines.length - start));
    return { ...f, start, length, text };
  });

function textOf(lines: string[], ended: boolean, crlf: boolean): string {
  const text = lines.join('\n') + (ended && lines.length > 0 ? '\n' : '');
  return crlf ? text.replaceAll('\n', '\r\n') : text;
}
const count = (all: string[], part: string[], same: (l: string) => string) =>
  all.filter((_, i) => part.every((l, k) => i + k < all.length && same(all[i + k]!) === same(l))).length;
const asText = (lines: string[]) => lines.map((l) => `${l}\n`).join('');

test('an edit made from a real span gives the expected text, or the span was not unique', () => {
  fc.assert(
    fc.property(scenario, ({ lines, ended, crlf, start, length, text }) => {
      // A single line without newline does not say what lines of the file end with.
      fc.pre(!crlf || ended || lines.length > 1);
      fc.pre(ended || lines.at(-1) !== '');
      const span = lines.slice(start, start + length);
      const base = new Map([['f', textOf(lines, ended, crlf)]]);
      const applied = apply(base, [replace(asText(span), asText(text), 'f')]);
      const wanted = textOf([...lines.slice(0, start), ...text, ...lines.slice(start + length)], ended, crlf);
      const unique = count(lines, span, (l) => l) === 1 && span.some((l) => l.trim() !== '');
      if (!applied.ok) {
        const same = (t: string) =>
          t
            .replaceAll('\r', '')
            .split('\n')
            .map((l) => l.trimEnd())
            .filter(Boolean)
            .join('\n');
        const nothing = same(wanted) === same(base.get('f')!);
        expect(unique && !nothing).toBe(false);
      } else if (unique) expect(applied.files.get('f')).toBe(wanted);
    }),
    { numRuns: 3000 },
  );
});

test('a span with mangled whitespace matches its own place with the right text, or is refused', () => {
  const manglers: [string, (l: string[]) => string[], boolean][] = [
    ['trailing blanks', (l) => l.map((x) => `${x}  `), false],
    ['deeper', (l) => l.map((x) => (x === '' ? x : `    ${x}`)), true],
    ['two deeper', (l) => l.map((x) => (x === '' ? x : `  ${x}`)), true],
    ['left', (l) => l.map((x) => x.replace(/^ {4}/, '')), false],
    ['flush', (l) => l.map((x) => x.trimStart()), false],
    ['tabs', (l) => l.map((x) => x.replace(/^ +/, (m) => '\t'.repeat(m.length / 4))), true],
    ['double width', (l) => l.map((x) => x.replace(/^ +/, (m) => m + m)), false],
    ['inner', (l) => l.map((x) => x.replace(/(\S) (\S)/g, '$1   $2')), false],
    ['blank before', (l) => ['', ...l], false],
    ['first line flush', (l) => l.map((x, i) => (i === 0 ? x.trimStart() : x)), false],
  ];
  fc.assert(
    fc.property(
      scenario,
      fc.nat(manglers.length - 1),
      fc.boolean(),
      ({ lines, start, length, text }, m, both) => {
        const [, mangle, lossless] = manglers[m]!;
        const span = lines.slice(start, start + length);
        // Where the same words stand twice, the mangled text may be exactly the other place: nobody could tell.
        fc.pre(
          count(
            lines,
            span.filter((l) => l !== ''),
            (l) => l.trim(),
          ) <= 1 && count(lines, span, (l) => l.trim()) === 1,
        );
        fc.pre(span[0]!.trim() !== '' && span.at(-1)!.trim() !== '');
        // REPLACE is what the model would write: it starts at the depth of SEARCH, mangled the same way or not at all.
        const depth = /^ */.exec(span[0]!)![0];
        const target = text.map((l, i) => (i === 0 && l !== '' ? depth + l.trimStart() : l));
        fc.pre(
          target[0] !== '' &&
            new Set(target.map((l) => l.length > 0 && /^ */.exec(l)![0].length < depth.length)).has(true) ===
              false,
        );
        // Tabs in REPLACE alone are taken as they are: SEARCH then says nothing about their width.
        const told = manglers[m]![0] !== 'tabs' || span.some((l) => l.startsWith(' '));
        const sent = both && lossless && told ? mangle(target) : target;
        const base = new Map([['f', textOf(lines, true, false)]]);
        const applied = apply(base, [replace(asText(mangle(span)), asText(sent), 'f')]);
        if (!applied.ok) return;
        const wanted = [...lines.slice(0, start), ...target, ...lines.slice(start + length)];
        const got = applied.files.get('f')!;
        // A blank line put before SEARCH may be one that the file has: then it goes with the rest.
        const lessBlank = (t: string) => (manglers[m]![0] === 'blank before' ? t.replace(/\n+/g, '\n') : t);
        expect(lessBlank(got).trimStart()).toBe(lessBlank(textOf(wanted, true, false)).trimStart());
      },
    ),
    { numRuns: 3000 },
  );
});

test('atomic: with one edit that cannot be applied, nothing is', () => {
  fc.assert(
    fc.property(scenario, fc.nat(2), ({ lines, start, length, text }, at) => {
      const base = new Map([['f', textOf(lines, true, false)]]);
      const before = base.get('f');
      const edits = [replace(asText(lines.slice(start, start + length)), asText(text), 'f')];
      edits.splice(at, 0, replace('no such line anywhere', 'x', 'f'));
      expect(apply(base, edits).ok).toBe(false);
      expect(base.get('f')).toBe(before);
    }),
  );
});
