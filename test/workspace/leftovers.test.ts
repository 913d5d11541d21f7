import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesBelow } from '../../src/doctor/folder-size.ts';
import { removeLeftovers } from '../../src/workspace/leftovers.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pawl-leftovers-'));
});
afterEach(() => {
  if (existsSync(root)) execFileSync('rm', ['-rf', root]);
  rmSync(root, { recursive: true, force: true });
});

test('a tree that is deeper than a path may be long is measured without a fault, and goes', async () => {
  mkdirSync(join(root, 'kept'));
  execFileSync(
    process.execPath,
    ['-e', "for (let i = 0; i < 2500; i++) { require('fs').mkdirSync('deep'); process.chdir('deep'); }"],
    { cwd: root },
  );
  expect(bytesBelow(root)).toBeGreaterThanOrEqual(0);
  await removeLeftovers(root, new Set(['kept/file']));
  expect(existsSync(join(root, 'deep'))).toBe(false);
  expect(existsSync(join(root, 'kept'))).toBe(true);
});
