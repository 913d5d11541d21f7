import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingHint } from '../../src/trial/missing-path.ts';

let root: string;
let project: string;
let cwd: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pawl-missing-'));
  project = join(root, 'project');
  cwd = join(project, '.pawl', 'runs', 'nov21', 'worktree');
  mkdirSync(cwd, { recursive: true });
  for (const path of [
    'venv/bin/python',
    'project/.venv/bin/python',
    'project/data/train.bin',
    'project/train.py',
  ]) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '');
  }
  writeFileSync(join(cwd, 'train.py'), '');
});
afterEach(() => rmSync(root, { recursive: true }));

const hint = (command: string, errorLine: string | null = null, more = {}) =>
  missingHint({ command, notFound: errorLine === null, errorLine, cwd, project, ownTmp: false, ...more });

test('what git does not track is to be linked, by its outermost folder', () => {
  expect(hint('.venv/bin/python train.py')).toBe(
    '.venv/bin/python is in your checkout but not in git, so trials do not have it: add it to pawl.yaml, link: [.venv]',
  );
  expect(
    hint('python train.py', "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.bin'"),
  ).toMatch(/link: \[data\]$/);
  expect(hint('python train.py', "FileNotFoundError: No such file or directory: 'data'")).toMatch(
    /link: \[data\]$/,
  );
});

test('../ is elsewhere in a worktree: the whole path is what to write', () => {
  expect(hint('../venv/bin/python train.py')).toBe(
    `trials run in a worktree of their own, where ../venv/bin/python leads elsewhere: write ${join(root, 'venv/bin/python')}`,
  );
});

test('the sandbox has a /tmp of its own', () => {
  const inTmp = join(root, 'venv/bin/python');
  expect(hint(`${inTmp} train.py`, null, { ownTmp: true })).toMatch(
    inTmp.startsWith('/tmp/') ? /is in \/tmp, and the sandbox has an empty \/tmp of its own/ : /^$/,
  );
  expect(hint(`${inTmp} train.py`)).toBeNull();
});

test('nothing is said of what is missing here too, of other failures, or of what a script names outside the project', () => {
  expect(hint('.venv2/bin/python train.py')).toBeNull();
  expect(hint('python train.py')).toBeNull();
  expect(hint('.venv/bin/python train.py', 'ValueError: data/train.bin is odd')).toBeNull();
  expect(hint('x', `No such file or directory: '${homedir()}'`)).toBeNull();
  expect(hint('x', "No such file or directory: '../venv/bin/python'")).toBeNull();
  expect(hint('.venv/bin/python train.py', null, { project: null })).toBeNull();
});
