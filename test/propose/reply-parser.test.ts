import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../src/propose/apply-edits.ts';
import { parseReply } from '../../src/propose/reply-parser.ts';
import { surface, trainPy } from './surface-sample.ts';

const block = (search: string, replace: string) =>
  `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE`;
const head = 'HYPOTHESIS: A larger step learns faster.\nEXPECT: lower loss\nFAMILY: Learning rate\n';
const lr = (value: string) => trainPy.replace('LEARNING_RATE = 0.01', `LEARNING_RATE = ${value}`);

/** Parses and applies; the text of train.py, or the refusal's code. */
function result(reply: string, doneReason: string | null = 'stop', files = surface): string {
  const parsed = parseReply(reply, { surface: files, doneReason });
  if (!parsed.ok) return `refused ${parsed.refusal.code}: ${parsed.refusal.why}`;
  const applied = applyEdits(files, parsed.parts.edits, () => false);
  if (!applied.ok) return `refused ${applied.refusal.code}: ${applied.refusal.why}`;
  return applied.files.get('train.py') ?? [...applied.files.values()][0]!;
}

describe('replies that must be understood', () => {
  const good: [string, string][] = [
    ['the protocol', `${head}EDIT train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}\n`],
    ['no EDIT line with one file', `${head}${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`],
    [
      'windows newlines',
      `${head}EDIT train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}\n`.replaceAll(
        '\n',
        '\r\n',
      ),
    ],
    [
      'all in one fence',
      `Sure! Here is my change.\n\n\`\`\`\n${head}EDIT train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}\n\`\`\`\nGood luck!`,
    ],
    [
      'block fenced as python',
      `${head}EDIT train.py\n\`\`\`python\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}\n\`\`\``,
    ],
    [
      'fences inside the parts',
      `${head}EDIT train.py\n${block('```python\nLEARNING_RATE = 0.01\n```', '```python\nLEARNING_RATE = 0.03\n```')}`,
    ],
    [
      'qwen3 drops >>>>>>>',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n=======\nLEARNING_RATE = 0.03\nREPLACE\n`,
    ],
    [
      'last marker missing',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n=======\nLEARNING_RATE = 0.03\n`,
    ],
    [
      'last marker missing inside a fence, with chatter after',
      `${head}\`\`\`\nEDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n=======\nLEARNING_RATE = 0.03\n\`\`\`\nThis should help.`,
    ],
    [
      'five marks and a colon',
      `${head}EDIT: train.py\n<<<<< SEARCH:\nLEARNING_RATE = 0.01\n=====\nLEARNING_RATE = 0.03\n>>>>> REPLACE`,
    ],
    [
      'nine marks',
      `${head}EDIT train.py\n<<<<<<<<< SEARCH  \nLEARNING_RATE = 0.01\n=========\nLEARNING_RATE = 0.03\n>>>>>>>>> REPLACE  `,
    ],
    [
      'loose form',
      `${head}EDIT train.py\n<<<SEARCH\nLEARNING_RATE = 0.01\n>>>\n<<<REPLACE\nLEARNING_RATE = 0.03\n>>>\n`,
    ],
    [
      '======= REPLACE as divider',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n======= REPLACE\nLEARNING_RATE = 0.03\n>>>>>>>`,
    ],
    [
      'second divider before the end',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n=======\nLEARNING_RATE = 0.03\n=======\n>>>>>>> REPLACE`,
    ],
    [
      'markdown decorations',
      `**HYPOTHESIS:** bigger\n\n### EDIT \`train.py\`\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`,
    ],
    [
      'path above the block, as aider wants it',
      `HYPOTHESIS: x\n\ntrain.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`,
    ],
    [
      'path repeated in SEARCH',
      `${head}EDIT train.py\n${block('train.py\nLEARNING_RATE = 0.01', 'train.py\nLEARNING_RATE = 0.03')}`,
    ],
    [
      'NBSP around marks',
      `HYPOTHESIS:\u00a0x\nEDIT\u00a0train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`,
    ],
    ['thinking before', `<think>EDIT train.py? or SET BATCH = 1?</think>\n${head}SET LEARNING_RATE = 0.03`],
    [
      'thinking closed but not opened',
      `maybe the learning rate\n</think>\n\n${head}SET LEARNING_RATE = 0.03`,
    ],
    ['SET', `${head}SET LEARNING_RATE = 0.03`],
    ['SET with path, bullet and remark', `${head}- SET train.py LEARNING_RATE = 0.03  # was 0.01`],
    ['SET with an arrow', `${head}SET LEARNING_RATE = 0.01 -> 0.03`],
    ['bare constant under EDIT', `${head}EDIT train.py\nLEARNING_RATE = 0.03\n`],
    ['bare constant alone', `${head}LEARNING_RATE = 0.03\n`],
    ['fenced constants', `${head}EDIT train.py\n\`\`\`python\n# faster\nLEARNING_RATE = 0.03\n\`\`\`\n`],
    [
      'line numbers in SEARCH and REPLACE',
      `${head}EDIT train.py\n${block('3| LEARNING_RATE = 0.01\n4| BATCH = 32  # examples a step', '3| LEARNING_RATE = 0.03\n4| BATCH = 32  # examples a step')}`,
    ],
    [
      'unified diff, fenced',
      `${head}\`\`\`diff\n--- a/train.py\n+++ b/train.py\n@@ -1,5 +1,5 @@\n import math\n \n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.03\n BATCH = 32  # examples a step\n\`\`\`\n`,
    ],
    [
      'unified diff, raw, wrong numbers and no space before context',
      `${head}--- train.py\n+++ train.py\n@@ -100,2 +99,2 @@\nimport math\n\n-LEARNING_RATE = 0.01\n+LEARNING_RATE = 0.03\n`,
    ],
    ['WHOLE', `${head}WHOLE train.py\n\`\`\`python\n${lr('0.03')}\`\`\`\n`],
    ['WHOLE without the last fence', `${head}WHOLE train.py\n\`\`\`python\n${lr('0.03')}`],
    [
      'one fenced whole file, no marks',
      `${head}Here is the new file:\n\`\`\`python\n${lr('0.03')}\`\`\`\nDone.`,
    ],
    [
      'chatter around',
      `Okay! I looked at the history.\n\n${head}\nHere it is:\nEDIT train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}\n\nLet me know!`,
    ],
  ];
  test.each(good)('%s', (_name, reply) => {
    expect(result(reply)).toBe(lr('0.03'));
  });
});

describe('replies that must be refused', () => {
  const bad: [string, string, string, string | null][] = [
    [
      'cut off',
      `${head}EDIT train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`,
      'truncated',
      'length',
    ],
    ['nothing', '  \n', 'format', 'stop'],
    ['only thinking', '<think>hmm', 'format', 'stop'],
    ['prose', 'I would lower the learning rate a little and see.', 'format', 'stop'],
    [
      'last marker missing, not known complete',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nBATCH = 32  # examples a step\n=======\nBATCH = 64`,
      'format',
      null,
    ],
    [
      'no divider',
      `${head}EDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n>>>>>>> REPLACE`,
      'format',
      'stop',
    ],
    [
      'a snippet without marks',
      `${head}\`\`\`python\ndef schedule(step):\n    return 0.5\n\`\`\``,
      'format',
      'stop',
    ],
    [
      'elided code',
      `${head}EDIT train.py\n${block('    return 1.0', '    # ... existing code ...\n    return 0.5')}`,
      'format',
      'stop',
    ],
    [
      'elided whole file',
      `${head}WHOLE train.py\n\`\`\`\nLEARNING_RATE = 0.03\n# rest of the code remains unchanged\n\`\`\``,
      'format',
      'stop',
    ],
    [
      'comment that the file does not have',
      `${head}EDIT train.py\n${block('LEARNING_RATE = 0.01  # step size', 'LEARNING_RATE = 0.03  # step size')}`,
      'no-match',
      'stop',
    ],
    [
      'stale value',
      `${head}EDIT train.py\n${block('LEARNING_RATE = 0.02', 'LEARNING_RATE = 0.03')}`,
      'no-match',
      'stop',
    ],
    ['the value it has', `${head}SET LEARNING_RATE = 0.01`, 'no-change', 'stop'],
    ['invented name', `${head}SET MOMENTUM = 0.9`, 'no-match', 'stop'],
    [
      'two places',
      `${head}EDIT train.py\n${block('        h = self.', '        h = self.x')}`,
      'many-matches',
      'stop',
    ],
    ['a locked file', `${head}EDIT prepare.py\n${block('x = 1', 'x = 2')}`, 'off-surface', 'stop'],
    [
      'a way out',
      `${head}EDIT ../train.py\n${block('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.03')}`,
      'off-surface',
      'stop',
    ],
    [
      'added lines without a place',
      `${head}\`\`\`diff\n+++ b/train.py\n@@\n+x = 1\n\`\`\``,
      'format',
      'stop',
    ],
  ];
  test.each(bad)('%s', (_name, reply, code, doneReason) => {
    expect(result(reply, doneReason)).toMatch(new RegExp(`^refused ${code}:`));
  });

  test('the nearest real lines go back verbatim', () => {
    const edits = parseReply(
      `${head}EDIT train.py\n${block('    if step <= WARMUP:\n        return step // WARMUP', 'x')}`,
      {
        surface,
        doneReason: 'stop',
      },
    );
    const applied = edits.ok ? applyEdits(surface, edits.parts.edits, () => false) : null;
    expect(applied?.ok).toBe(false);
    if (applied && !applied.ok) {
      expect(applied.refusal.feedback).toContain('    if step < WARMUP:\n        return step / WARMUP\n');
    }
  });
});

test('fields are read, and mended when missing', () => {
  const parts = (reply: string) => {
    const parsed = parseReply(reply, { surface, doneReason: 'stop' });
    if (!parsed.ok) throw new Error(parsed.refusal.why);
    return parsed.parts;
  };
  const full = parts(`${head}SET BATCH = 64`);
  expect(full).toMatchObject({
    hypothesis: 'A larger step learns faster.',
    expect: 'lower loss',
    family: 'learning rate',
  });
  expect(parts('HYPOTHESIS: one\ntwo\n\nthree\nSET BATCH = 64').hypothesis).toBe('one two');
  expect(parts('Let us double the batch.\nSET BATCH = 64').hypothesis).toBe('Let us double the batch.');
  expect(parts('SET BATCH = 64').hypothesis).toBe('Set BATCH to 64');
  expect(parts(`HYPOTHESIS: ${'long '.repeat(100)}\nSET BATCH = 64`).hypothesis).toHaveLength(200);
});

test('several files need a path', () => {
  const two = new Map([
    ['src/a.py', 'A = 1\n'],
    ['src/b.py', 'B = 2\n'],
  ]);
  expect(result(block('B = 2', 'B = 3'), 'stop', two)).toMatch(/^refused format/);
  expect(result(`EDIT b.py\n${block('B = 2', 'B = 3')}`, 'stop', two)).toBe('B = 3\n');
  expect(result('SET B = 4', 'stop', two)).toBe('B = 4\n');
  expect(
    result(
      `EDIT src/a.py\n${block('A = 1', 'A = 3')}\nEDIT ./src/b.py\n${block('B = 9', 'B = 3')}`,
      'stop',
      two,
    ),
  ).toMatch(/^refused no-match/);
});

test('code that looks like marks stays code', () => {
  const rst = new Map([['train.py', 'TITLE = """\nHello\n=======\n"""\nX = 1\n']]);
  expect(result(block('Hello\n=======\n"""', 'Bye\n=======\n"""'), 'stop', rst)).toMatch(
    /^refused format|Bye/,
  );
  expect(result(block('X = 1', 'PROMPT = "<think>"\nX = 1'), 'stop', rst)).toContain('"<think>"');
  const doctest = new Map([['train.py', '"""\n>>> f(1)\n2\n"""\nX = 1\n']]);
  expect(result(block('>>> f(1)\n2', '>>> f(1)\n3'), 'stop', doctest)).toContain('>>> f(1)\n3\n');
});

test('a comment that names the file is code, not the next file', () => {
  const lines = '    return 0.5\n# File: train.py\n# update train.py\n```\nx = 1';
  expect(result(`EDIT train.py\n${block('    return 1.0', lines)}`)).toBe(
    trainPy.replace('    return 1.0', lines),
  );
});

test('never throws, whatever the model says', () => {
  const marks = fc.constantFrom(
    'HYPOTHESIS: x',
    'EDIT train.py',
    'WHOLE train.py',
    '<<<<<<< SEARCH',
    '=======',
    '>>>>>>> REPLACE',
    '```',
    '```diff',
    '@@ -1 +1 @@',
    '--- a/train.py',
    '+++ b/train.py',
    'SET BATCH = 64',
    '<think>',
    '</think>',
    '...',
    'LEARNING_RATE = 0.01',
    '<<<SEARCH',
    '>>>',
    '<<<REPLACE',
    'REPLACE',
  );
  const reply = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.oneof(marks, fc.string({ maxLength: 20 })), { maxLength: 25 }).map((l) => l.join('\n')),
  );
  fc.assert(
    fc.property(reply, fc.constantFrom('stop', 'length', null), (text, doneReason) => {
      const parsed = parseReply(text, { surface, doneReason });
      if (parsed.ok) {
        expect(parsed.parts.edits.length).toBeGreaterThan(0);
        applyEdits(surface, parsed.parts.edits, () => false);
      } else expect(parsed.refusal.feedback).not.toBe('');
    }),
    { numRuns: 3000 },
  );
});
