import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asTyped, ownCommand } from '../../src/cli/own-command.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pawl-own-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const own = (env: Record<string, string>, launcher = '/src/pawl/bin/pawl.js', cwd = '/src/pawl') =>
  ownCommand({ launcher, cwd, env });
const installed = (...folder: string[]) => {
  const bin = join(dir, ...folder);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'pawl'), '');
  chmodSync(join(bin, 'pawl'), 0o755);
  return bin;
};

test('the word itself where it is installed, and not where only npm has it on the path', () => {
  expect(own({ PATH: `/nowhere:${installed('bin')}` })).toBe('pawl');
  expect(own({ PATH: installed('node_modules', '.bin'), npm_command: 'exec' })).toBe('npx pawl');
});

test('else as it was started', () => {
  expect(own({ PATH: '' })).toBe('node bin/pawl.js');
  expect(own({ PATH: '' }, '/src/pawl/bin/pawl.js', '/home/u')).toBe('node /src/pawl/bin/pawl.js');
  expect(own({ PATH: '', npm_command: 'run-script', INIT_CWD: '/home/u' })).toBe(
    'node /src/pawl/bin/pawl.js',
  );
  expect(own({ PATH: '' }, "/it's here/pawl.js", '/x')).toBe("node '/it'\\''s here/pawl.js'");
});

test('only commands are written so: not the name, a branch, or a path', () => {
  const text = 'pawl goes on with run x on pawl/x. Back: pawl attach -C /p/pawl list   Stop: pawl stop';
  expect(asTyped(text, 'npx pawl')).toBe(
    'pawl goes on with run x on pawl/x. Back: npx pawl attach -C /p/pawl list   Stop: npx pawl stop',
  );
  expect(asTyped(text, 'pawl')).toBe(text);
});
