import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { talkLines } from '../../src/cli/talk-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'pawl-talk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function talk(prompt: string, reply: string): string[] {
  const files = { prompt: join(folder, 'prompt.md'), reply: join(folder, 'reply.md') };
  writeFileSync(files.prompt, prompt);
  writeFileSync(files.reply, reply);
  return talkLines(files);
}

test('a format probe has headings of its own, and is no part of the first question', () => {
  const lines = talk(
    '<!-- format probe: system -->\nrules\n\n<!-- format probe: user -->\nFile probe.py\n\n<!-- system -->\nrules\n\n<!-- user -->\nthe question\n',
    '<!-- format probe -->\nEDIT probe.py\n\n<!-- proposal -->\nSET WIDTH = 2\n',
  );
  const headings = lines.filter((line) => /^\S/.test(line));
  expect(headings).toEqual([
    'Format probe: in which form can the model write a change?',
    'Answer to the format probe',
    'Question of attempt 1',
    'Answer of attempt 1',
  ]);
  const part = (name: string) => {
    const from = lines.indexOf(name);
    const next = headings[headings.indexOf(name) + 1];
    return lines.slice(from, next ? lines.indexOf(next) : undefined).join('\n');
  };
  expect(part('Question of attempt 1')).toContain('the question');
  expect(part('Question of attempt 1')).not.toContain('probe');
  expect(part('Answer of attempt 1')).toMatch(/^Answer of attempt 1\n {2}SET WIDTH = 2\n/);
});

test('a talk without one is as it was', () => {
  expect(talk('<!-- user -->\nq\n', 'a\n')).toEqual([
    'Question of attempt 1',
    '  <!-- user -->',
    '  q',
    '',
    'Answer of attempt 1',
    '  a',
    '',
  ]);
});
