import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { EditRefused } from '../../src/workspace/edit-path.ts';
import { importedModules, shadowFault } from '../../src/workspace/shadowing.ts';
import { openRun } from './run-fixture.ts';
import { temporaryRepository } from './temporary-repository.ts';

const tracked = new Set([
  'train.py',
  'evaluate.py',
  'lib/judge.py',
  'lib/judge.mjs',
  'email/old.py',
  'data.json',
  'notes.md',
]);
const fault = (path: string) =>
  shadowFault({
    path,
    tracked,
    isLocked: (p) => p !== 'train.py',
    imports: new Set(['numpy', 'lib']),
  });

it.each([
  ['json.py', 'Python’s own module json'],
  ['lib/random.py', 'Python’s own module random'],
  ['json/__init__.py', 'Python’s own module json'],
  ['logging/handlers/x.py', 'Python’s own module logging'],
  ['numpy.py', 'which locked files use'],
  ['numpy/__init__.py', 'which locked files use'],
  ['numpy.cpython-312-x86_64-linux-gnu.so', 'which locked files use'],
  ['evaluate.pyc', 'in the place of evaluate.py'],
  ['evaluate/__init__.py', 'in the place of evaluate.py'],
  ['lib/judge.js', 'in the place of lib/judge.mjs'],
  ['lib/judge/index.js', 'in the place of lib/judge.mjs'],
  ['lib/judge.so', 'in the place of lib/judge.py'],
  ['data.js', 'in the place of data.json'],
  ['sitecustomize.py', 'changes how'],
  ['lib/usercustomize.py', 'changes how'],
  ['conftest.py', 'changes how'],
  ['x.pth', 'changes how'],
  ['lib/package.json', 'changes how'],
  ['node_modules/a/index.js', 'node_modules'],
  ['lib/__pycache__/judge.cpython-312.pyc', '__pycache__'],
])('%s is refused', (path, why) => {
  expect(fault(path)).toContain(why.replace('’', "'"));
});

it.each([
  'model.py',
  'models/net.py',
  'email/fresh.py',
  'train2.py',
  'evaluate.md',
  'train.json',
  'train.so',
  'random.md',
  'lib/judge2.mjs',
  'notes.py',
])('%s is a file like any other', (path) => {
  expect(fault(path)).toBe(null);
});

it('knows what a Python source imports', () => {
  const source =
    'import os, numpy as np\nimport torch.nn\n  from lib.judge import x # y\nfrom . import z\nfrom  a  import(b)\n';
  expect(importedModules(source).sort()).toEqual(['a', 'lib', 'numpy', 'os', 'torch']);
});

it('a proposal makes no such file, unless the surface names it', async () => {
  const root = temporaryRepository({
    'train.py': 'a\n',
    'evaluate.py': 'import numpy, json\n',
    '.gitignore': '',
  });
  const { workspace } = await openRun(root, { surface: ['*.py', '!evaluate.py', 'json.py', 'sub/**'] });
  const stage = (path: string) => workspace.stage(workspace.base, new Map([[path, 'evil\n']]));
  for (const path of ['numpy.py', 'random.py', 'sitecustomize.py', 'sub/package.json', 'sub/pawl.yaml'])
    await expect(stage(path), path).rejects.toThrow(EditRefused);
  for (const path of ['json.py', 'model.py', 'train.py']) expect((await stage(path)).files).toEqual([path]);
  await workspace.close();
});

it('what a trial left in the place of what an evaluator means is removed before it starts; outputs and links stay', async () => {
  const root = temporaryRepository({
    'train.py': 'a\n',
    'evaluate.py': 'import numpy, json\nfrom lib import judge\n',
    'lib/judge.py': 'x\n',
    '.gitignore': 'data\n__pycache__\n',
  });
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/json.py'), 'mine\n');
  const { workspace } = await openRun(root, { surface: ['train.py'], link: ['data'] });
  await workspace.checkout(workspace.base);
  const planted = [
    'json.py',
    'numpy/__init__.py',
    'evaluate.pyc',
    'sitecustomize.py',
    'lib/judge.so',
    'lib/__pycache__/judge.cpython-312.pyc',
    '__pycache__/evaluate.cpython-312.pyc',
    'node_modules/a/index.js',
  ];
  const outputs = [
    'model.pth',
    'out/json.py',
    'profile/trace.json',
    'lib/notes.txt',
    'weights/__init__.py',
    'data.npy',
  ];
  for (const path of [...planted, ...outputs]) {
    mkdirSync(dirname(join(workspace.dir, path)), { recursive: true });
    writeFileSync(join(workspace.dir, path), 'x');
  }
  const removed = await workspace.unplant(workspace.base);
  expect(removed.sort()).toEqual([
    '__pycache__',
    'evaluate.pyc',
    'json.py',
    'lib/__pycache__',
    'lib/judge.so',
    'node_modules',
    'numpy',
    'sitecustomize.py',
  ]);
  for (const path of planted) expect(existsSync(join(workspace.dir, path)), path).toBe(false);
  for (const path of [...outputs, 'train.py', 'evaluate.py', 'lib/judge.py', 'data/json.py'])
    expect(existsSync(join(workspace.dir, path)), path).toBe(true);
  expect(readFileSync(join(root, 'data/json.py'), 'utf8')).toBe('mine\n');
  expect(await workspace.changedSince(workspace.base)).toEqual([]);
  await workspace.close();
});
