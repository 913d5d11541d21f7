import { expect, test } from 'vitest';
import { DraftReader } from '../../src/propose/draft.ts';

const surface = new Map([
  [
    'train.py',
    `${Array.from({ length: 30 }, (_, i) => `line_${i} = ${i}`).join('\n')}\nLR = 0.04\nDEPTH = 8\n`,
  ],
]);
const block = (search: string, replace: string) =>
  `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;

/** All diffs that come while the text arrives in small pieces. */
function diffsOf(text: string, piece = 5, clock?: () => number): string[] {
  const draft = new DraftReader(surface, clock);
  const out: string[] = [];
  for (let at = 0; at < text.length; at += piece) {
    const diff = draft.push(text.slice(at, at + piece));
    if (diff !== null) out.push(diff);
  }
  return out;
}
const changed = (diff: string) => diff.match(/^[-+](?![-+]).*$/gm) ?? [];

test('each block shows as soon as it ends', () => {
  const diffs = diffsOf(
    `HYPOTHESIS: more\nEDIT train.py\n${block('LR = 0.04', 'LR = 0.05')}and\n${block('line_3 = 3', 'line_3 = 4')}`,
  );
  expect(diffs.map(changed)).toEqual([
    ['-LR = 0.04', '+LR = 0.05'],
    ['-line_3 = 3', '+line_3 = 4', '-LR = 0.04', '+LR = 0.05'],
  ]);
});

test('a block that cannot be applied is left out, the others stay', () => {
  const diffs = diffsOf(
    `EDIT train.py\n${block('LR = 0.04', 'LR = 0.05')}${block('nowhere to be found', 'x')}${block('DEPTH = 8', 'DEPTH = 9')}`,
  );
  expect(changed(diffs.at(-1)!)).toEqual(['-LR = 0.04', '-DEPTH = 8', '+LR = 0.05', '+DEPTH = 9']);
});

test('constants show line by line', () => {
  const diffs = diffsOf('HYPOTHESIS: x\nSET LR = 0.08\nSET DEPTH = 6\n');
  expect(diffs.map(changed)).toEqual([
    ['-LR = 0.04', '+LR = 0.08'],
    ['-LR = 0.04', '-DEPTH = 8', '+LR = 0.08', '+DEPTH = 6'],
  ]);
});

test('a whole file shows as far as it came, and what is not written yet is not removed', () => {
  const whole = surface
    .get('train.py')!
    .replace('line_4 = 4', 'line_4 = 44')
    .replace('LR = 0.04', 'LR = 0.4');
  let now = 0;
  const diffs = diffsOf(
    `HYPOTHESIS: x\nWHOLE train.py\n\`\`\`python\n${whole}\`\`\`\n`,
    40,
    () => (now += 400),
  );
  expect(diffs.length).toBeGreaterThan(1);
  expect(changed(diffs[0]!)).toEqual(['-line_4 = 4', '+line_4 = 44']);
  expect(changed(diffs.at(-1)!)).toEqual(['-line_4 = 4', '+line_4 = 44', '-LR = 0.04', '+LR = 0.4']);
});

test('prose is no work', () => {
  const draft = new DraftReader(surface);
  for (let i = 0; i < 2000; i++) expect(draft.push('some words on what could be done\n')).toBeNull();
});

test('a reply of many blocks over a long file stays cheap', () => {
  const long = new Map([
    ['train.py', Array.from({ length: 700 }, (_, i) => `value_${i} = compute(${i}, 0.5)`).join('\n')],
  ]);
  const draft = new DraftReader(long);
  const reply = Array.from({ length: 20 }, (_, i) =>
    block(`value_${i * 30} = compute(${i * 30}, 0.5)`, `value_${i * 30} = 0`),
  ).join('');
  const started = process.cpuUsage();
  let diffs = 0;
  for (const char of `EDIT train.py\n${reply}`.match(/[\s\S]{1,4}/g)!) if (draft.push(char) !== null) diffs++;
  const ms = process.cpuUsage(started).user / 1000;
  console.log(`20 blocks over 700 lines: ${diffs} drafts in ${ms.toFixed(0)} ms of CPU`);
  expect(diffs).toBe(20);
  expect(ms).toBeLessThan(3000);
});
