import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { quickLook } from '../../src/cli/quick-look.ts';
import { lookAtLoad } from '../../src/doctor/look-at-machine.ts';

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-quick-'));
  execFileSync('git', ['init', '-q'], { cwd: folder });
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('a busy machine is said before the run starts, a quiet one and one whose load does not matter are not', async () => {
  await quickLook(folder, lookAtLoad(6, 8));
  expect(said).toMatch(
    /^pawl: note: load 6\.0 on 8 cores: other programs are at work, and timed trials beside them vary/m,
  );
  said = '';
  await quickLook(folder, lookAtLoad(0.4, 8));
  await quickLook(folder, null);
  expect(said).not.toContain('load');
});
