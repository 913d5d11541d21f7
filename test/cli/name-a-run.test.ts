import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run-command-line.ts';

// A run is named in one way in the help, and understood in both.

const empty = mkdtempSync(join(tmpdir(), 'pawl-tags-'));
let told: string;
beforeEach(() => {
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const about = commands.filter(({ args }) => args === '[tag]').map(({ name }) => name);

test('the commands about a run', () => {
  expect(about.sort()).toEqual(['adopt', 'clean', 'list', 'replay', 'resume', 'shot', 'verify']);
  for (const { args, options } of commands)
    if (args === '[tag]') expect(Object.keys(options)).not.toContain('tag');
});

test.each(['list', 'replay', 'shot', 'resume', 'verify'])(
  'pawl %s takes it as argument and as --tag',
  async (name) => {
    for (const way of [['nov20'], ['--tag', 'nov20'], ['--tag', 'nov20', 'nov20']]) {
      told = '';
      expect(await run([name, '-C', empty, ...way])).toBe(2);
      expect(told, way.join(' ')).not.toMatch(/has no option|does not take/);
    }
    told = '';
    expect(await run([name, '-C', empty, '--tag', 'a', 'b'])).toBe(2);
    expect(told).toContain(`pawl ${name} is about one run: 'b' or 'a'?`);
  },
);
