import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSettings } from '../../src/config/load-config.ts';
import { knownKeys } from '../../src/config/schema.ts';
import { parseUserConfig } from '../../src/config/user-config.ts';

// What README and guide show is what pawl takes.

const pages = ['README.md', 'docs/guide.md'].map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const examples = pages.flatMap(({ text }) => [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => m[1]!));

test('the pawl.yaml of the README is valid, and leaves no field out', () => {
  const project = examples.filter((text) => /^surface:/m.test(text));
  expect(project).toHaveLength(1);
  expect(parseSettings(project[0]!)).toMatchObject({ command: 'uv run train.py', verify: 5 });
  const told = pages.map(({ text }) => text).join('');
  for (const key of knownKeys([]))
    expect(told, key).toMatch(new RegExp(`^${key}:|\`${key}: |[{ ]${key}: `, 'm'));
});

test('the settings of the user are valid', () => {
  const own = examples.filter((text) => !/^surface:/m.test(text));
  expect(own.length).toBeGreaterThanOrEqual(2);
  for (const text of own) expect(parseUserConfig(text, 'config.yaml').problems, text).toEqual([]);
});

test.each(pages)('what $path links to is there', ({ path, text }) => {
  for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    expect(existsSync(join(dirname(path), target!)), target).toBe(true);
});
