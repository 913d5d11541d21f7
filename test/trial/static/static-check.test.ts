import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onlyNumbersDiffer } from '../../../src/trial/static/changed-text.ts';
import { dataFaults } from '../../../src/trial/static/data-files.ts';
import { pythonOf, staticFaults } from '../../../src/trial/static/static-check.ts';
import { folder } from '../trial-harness.ts';

const place = () => ({
  cwd: folder(),
  walls: { kind: 'none', setpriv: null } as const,
  env: {},
  signal: new AbortController().signal,
});
const look = async (path: string, before: string | null, after: string, command = 'python3 train.py') =>
  (await staticFaults([{ path, before, after }], command, place())).map((f) => `${f.line}: ${f.what}`);

const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', 'import sys; assert sys.version_info >= (3, 9)'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const py = `import math
from dataclasses import dataclass
RATE = 0.1

@dataclass
class Point:
    x: "Later"
    y: int = 0

def step(n: Unknown = 3) -> Whatever:
    global count
    count = n
    if (m := n * RATE) > 1:
        return [math.sqrt(k) for k in range(n)]
    try:
        return __file__ + str(m)
    except OSError as error:
        return error

def top(a, *rest):
    b = a
    return b, rest

print(step(2), count)
`;

describe.skipIf(!hasPython)('Python', () => {
  test('what is fine stays unmentioned: annotations, globals made in functions, walrus, comprehensions', async () => {
    expect(await look('train.py', '', py)).toEqual([]);
    expect(
      await look(
        'train.py',
        py,
        `${py}\nclass Last:\n    size = RATE\n    def area(self):\n        return self.size\n`,
      ),
    ).toEqual([]);
  });
  test('syntax', async () => {
    expect(await look('train.py', py, py.replace('return error\n', 'return (error\n'))).toEqual([
      expect.stringMatching(/^\d+: SyntaxError: /),
    ]);
    expect(await look('train.py', py, py.replace('    count = n', '  count = n'))).toEqual([
      expect.stringMatching(/^12: IndentationError: /),
    ]);
  });
  test('a name that nothing defines', async () => {
    expect(await look('train.py', py, py.replace('math.sqrt', 'torch.sqrt'))).toEqual([
      '14: NameError: name "torch" is not defined anywhere',
    ]);
    expect(await look('train.py', py, py.replace('RATE = 0.1\n', ''))).toEqual([
      '12: NameError: name "RATE" is not defined anywhere',
    ]);
  });
  test('what was so before is not the change’s fault; what can hide names is not judged', async () => {
    const odd = `${py}\nprint(injected)\n`;
    expect(await look('train.py', odd, odd.replace('RATE = 0.1', 'RATE = abs(0.2)'))).toEqual([]);
    expect(await look('train.py', 'print "2"\n', 'print "3", x\n')).toEqual([]);
    expect(await look('train.py', '', 'from math import *\nprint(sqrt(2))\n')).toEqual([]);
    expect(await look('train.py', '', 'globals()["a"] = 1\nprint(a)\n')).toEqual([]);
  });
  test('TOML too', async () => {
    // Python 3.11 has a parser for it; an older one finds nothing.
    for (const fault of await look('a.toml', 'a = 1\n', 'a = [1\n')) expect(fault).toContain('null: ');
    expect(await look('a.toml', 'a = 1\n', 'a = [1]\n')).toEqual([]);
  });
});

describe('JavaScript', () => {
  test.each([
    ['train.mjs', 'import fs from "node:fs";\nawait 1;\n'],
    ['train.js', 'const fs = require("fs");\nif (fs) return;\n'],
    ['train.js', '#!/usr/bin/env node\nexport const a = 1;\n'],
    ['train.cjs', 'module.exports = class { #a = 1 };\n'],
  ])('%s: fine as it is, and a lost brace is seen', async (path, text) => {
    expect(await look(path, '', text)).toEqual([]);
    expect(await look(path, text, `${text}function broken() {\n`)).toEqual([
      expect.stringMatching(
        path.endsWith('.mjs') || text.includes('export const')
          ? /^null: SyntaxError: /
          : /^\d: SyntaxError: /,
      ),
    ]);
  });
  test('what no parser here understands is not judged', async () => {
    expect(await look('app.js', 'const a = <b/>;', 'const a = <c/>;\nconst (')).toEqual([]);
  });
});

// Node 22.13 and newer take types off; JSX is read by what the project has.
describe.skipIf(!('stripTypeScriptTypes' in nodeModule))('TypeScript', () => {
  const ts = `import fs from 'node:fs';
interface Point { x: number }
enum Way { up, down }
abstract class Shape<T> { constructor(private readonly at: T) {} abstract area(): number }
export const size = (p: Point): number => p.x satisfies number;
console.log(<unknown>fs, Way.up, Shape, await 1);
`;
  test('what any compiler takes is fine; a slip is seen with its line', async () => {
    for (const path of ['train.ts', 'train.mts']) {
      expect(await look(path, '', ts), path).toEqual([]);
      expect(await look(path, ts, ts.replace('): number =>', '): = number =>')), path).toEqual([
        expect.stringMatching(/^5: SyntaxError: .*size/),
      ]);
    }
    expect(await look('a.cts', '', 'import fs = require("fs");\nif (fs) return;\nexport = fs;\n')).toEqual(
      [],
    );
    expect(await look('app.ts', 'let a = 1', 'let a: = 1')).toEqual([
      expect.stringMatching(/^1: SyntaxError: .{1,60}: let a: = 1$/),
    ]);
  });
  test('what is wrong in the JavaScript that is left', async () => {
    const two = 'const a: number = 1;\n';
    expect(await look('a.mts', two, `${two}let a: string;\n`)).toEqual([
      expect.stringContaining('already been declared'),
    ]);
    expect(await look('a.ts', two, `${two}@sealed\nclass A { @field x: number }\n`)).toEqual([]);
  });
  test('Node alone takes types off and no more: only where it runs that file', async () => {
    const [before, after] = ['let a: number = 1;\n', 'enum A { x }\n'];
    expect(await look('train.ts', before, after, 'node ./train.ts --fast')).toEqual([
      expect.stringContaining('enum is not supported'),
    ]);
    for (const command of [
      'npx tsx train.ts',
      'node --import tsx train.ts',
      'node build.mjs',
      'node other.ts',
    ])
      expect(await look('train.ts', before, after, command), command).toEqual([]);
  });
  test('what was so before, and what no tool here reads, is not judged', async () => {
    expect(await look('a.ts', 'let a: = 1', 'let b: = 2')).toEqual([]);
    expect(await look('a.tsx', 'let a = <b/>;', 'let a: = <b>;')).toEqual([]);
  });
  test('JSX by the tool of the project', async () => {
    const at = place();
    symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(at.cwd, 'node_modules'));
    const [before, lost] = ['const a: number = 1;\nexport const b = <p>{a}</p>;\n', '<p>{a}</div>'];
    for (const path of ['a.tsx', 'src/a.tsx']) {
      const after = before.replace('<p>{a}</p>', lost);
      const faults = await staticFaults([{ path, before, after }], 'vite build', at);
      expect(faults).toEqual([
        { path, line: 2, what: expect.stringMatching(/^SyntaxError: .*: export const b/) },
      ]);
      expect(await staticFaults([{ path, before: null, after: before }], 'vite build', at)).toEqual([]);
    }
    const plain = before.replace(': number', '');
    expect(await staticFaults([{ path: 'a.jsx', before: plain, after: before }], 'x', at)).toHaveLength(1);
  });
});

test('JSON and YAML that no longer parse; JSON with comments and templates are left alone', async () => {
  expect(await look('a.json', '{"a": 1}', '{"a": 1,}')).toEqual([expect.stringMatching(/not JSON/)]);
  expect(await look('a.json', '{"a": 1} // x', '{"a": 1,} // x')).toEqual([]);
  expect(await look('a.yaml', 'a: 1\n', 'a: 1\n b: [2\n')).toEqual([expect.stringMatching(/^\d: not YAML/)]);
  // Parsed in the engine: what could take seconds is left alone.
  expect(await look('a.yaml', 'a: 1\n', ','.repeat(16_001))).toEqual([]);
  expect(await look('a.yaml', 'a: 1\n', `a:\n${','.repeat(15_000)}`)).toEqual([
    expect.stringMatching(/^2: not YAML/),
  ]);
  const many = [1, 2, 3].map((i) => ({ path: `${i}.yaml`, before: 'a: 1\n', after: ','.repeat(15_000) }));
  expect(dataFaults(many).map((fault) => fault.path)).toEqual(['1.yaml', '2.yaml']);
  expect(await look('a.yaml', 'a: {{ x }}: y\n  b', 'a: {{ z }}: y\n  b')).toEqual([]);
});

test('a tool that is missing, or says something else, finds nothing', async () => {
  expect(await look('train.py', py, 'def (', './no-such/python train.py')).toEqual([]);
  const other = place();
  expect(
    await staticFaults([{ path: 'a.py', before: '', after: 'def (' }], '/bin/echo/python3 x', other),
  ).toEqual([]);
});

test('a change of numbers alone is not looked at', () => {
  const before = 'LR = 3e-4  # was 0.1\nN2 = 8\n';
  expect(onlyNumbersDiffer({ path: 'a', before, after: before.replace('3e-4', '-0.5') })).toBe(true);
  expect(onlyNumbersDiffer({ path: 'a', before, after: before.replace('N2', 'N3') })).toBe(false);
  expect(onlyNumbersDiffer({ path: 'a', before, after: before.replace('8', '8)') })).toBe(false);
  expect(onlyNumbersDiffer({ path: 'a', before: null, after: '' })).toBe(false);
});

test.each([
  ['python train.py', 'python'],
  ['CUDA=0 python3.12 -u train.py', 'python3.12'],
  ['.venv/bin/python train.py && echo', '.venv/bin/python'],
])('%s runs %s', (command, python) => expect(pythonOf(command)).toBe(python));
test('uv run: the environment that it made, or the system’s', () =>
  expect(pythonOf('uv run train.py')).toContain('.venv/bin/python'));
