import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentFailure } from '../../src/protocol/failure.ts';
import { watchInputs } from '../../src/workspace/inputs.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'inputs-')));
  mkdirSync(join(dir, 'disk'));
  writeFileSync(join(dir, 'disk', 'train.bin'), 'x');
  symlinkSync(join(dir, 'disk'), join(dir, 'data'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fault = (inputs: ReturnType<typeof watchInputs>) =>
  inputs.mustBeThere().then(
    () => null,
    (error: unknown) => {
      expect(error).toBeInstanceOf(EnvironmentFailure);
      expect((error as EnvironmentFailure).retryMs).toBeGreaterThan(0);
      expect((error as EnvironmentFailure).kind).toBe('data');
      return (error as EnvironmentFailure).message;
    },
  );

test('the disk behind a link goes away and comes back', async () => {
  const inputs = watchInputs(dir, ['data']);
  expect(await fault(inputs)).toBeNull();
  rmSync(join(dir, 'disk'), { recursive: true });
  expect(await fault(inputs)).toBe(`The input data (${dir}/data) is gone`);
  // A mount point without its disk is an empty folder.
  mkdirSync(join(dir, 'disk'));
  expect(await fault(inputs)).toBe(`The input data (${dir}/data) is empty all at once: is its disk mounted?`);
  writeFileSync(join(dir, 'disk', 'train.bin'), 'x');
  expect(await fault(inputs)).toBeNull();
});

test('a folder that was always empty is as the user wants it', async () => {
  mkdirSync(join(dir, 'cache'));
  expect(await fault(watchInputs(dir, ['cache']))).toBeNull();
});

test.runIf(process.getuid?.() !== 0)('one that may not be read any more', async () => {
  const inputs = watchInputs(dir, ['disk']);
  execFileSync('chmod', ['000', join(dir, 'disk')]);
  expect(await fault(inputs)).toMatch(/cannot be read any more/);
  execFileSync('chmod', ['700', join(dir, 'disk')]);
});
