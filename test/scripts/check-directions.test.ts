import { describe, expect, it } from 'vitest';
import { onTree } from './on-tree.ts';

const check = onTree('check-directions.mjs');

const wrong = (path: string, text: string) => {
  const { status, output } = check({ [path]: text });
  expect(status, output).toBe(1);
  return output;
};
const fine = (path: string, text: string) =>
  expect(check({ [path]: text })).toEqual({ status: 0, output: '' });

describe('check-directions', () => {
  it('names file and line and how to mend', () => {
    const output = wrong(
      'src/screen/app.tsx',
      "// first\nimport { Box } from 'ink';\nimport type {\n  Engine,\n} from '../engine/engine.ts';\n",
    );
    expect(output).toContain('src/screen/app.tsx:5: imports ../engine/engine.ts');
    expect(output).toContain('send what it needs as an event or a pulse');
    expect(output).toContain('1 import against');
  });

  it.each([
    ['src/protocol/a.ts', "import '../journal/fold.ts';"],
    ['src/protocol/a.ts', "import { x } from 'execa';"],
    ['src/loop/a.ts', "export { x } from '../trial/x.ts';"],
    ['src/loop/a.ts', "import { readFileSync } from 'node:fs';"],
    ['src/journal/a.ts', "import { x } from '../workspace/x.ts';"],
    ['src/propose/a.ts', "import type { X } from '../gpu/x.ts';"],
    ['src/trial/a.ts', "const x = await import('../engine/x.ts');"],
    ['src/gpu/a.ts', "let x: import('../config/x.ts').X;"],
    ['src/screen/a.ts', "import { append } from '../journal/append.ts';"],
    ['src/plain/a.ts', "import { x } from '../screen/spans.ts';"],
    ['src/engine/a.ts', "import { x } from '../plain/x.ts';"],
    ['src/engine/a.ts', "import { useState } from 'react';"],
    ['src/report/a.ts', "import { x } from 'react/jsx-runtime';"],
    ['src/engine/a.ts', "import { simpleGit } from 'simple-git';"],
    ['src/propose/tuner/a.ts', "import { Ollama } from 'ollama';"],
    ['src/journal/a.ts', "import { execa } from 'execa';"],
    ['src/config/a.ts', "import { execa } from 'execa';"],
    ['src/newcomer/a.ts', "import { x } from '../protocol/x.ts';"],
    ['src/main.ts', "import { x } from './engine/x.ts';"],
  ])('refuses in %s: %s', (path, text) => {
    wrong(path, text);
  });

  it.each([
    [
      'src/screen/a.ts',
      "import { fold } from '../journal/fold.ts';\nimport dark from '../../themes/dark.json' with { type: 'json' };",
    ],
    ['src/screen/panes/a.ts', "import { x } from '../charts/x.ts';\nimport { Text } from 'ink';"],
    [
      'src/engine/a.ts',
      "import { x } from '../trial/x.ts';\nimport { execa } from 'execa';\nimport { y } from 'node:fs';",
    ],
    ['src/cli/a.ts', "import { x } from '../screen/x.ts';\nimport { y } from '../engine/y.ts';"],
    [
      'src/config/a.ts',
      "import { z } from 'zod';\nimport { parse } from 'yaml';\nimport { x } from '../protocol/x.ts';",
    ],
    ['src/propose/ollama/a.ts', "import { Ollama } from 'ollama';"],
    ['src/main.ts', "const { run } = await import('./cli/run.ts');"],
    [
      'src/loop/a.ts',
      "// import { x } from '../trial/x.ts';\n/* import '../gpu/x.ts'; */\nimport { y } from '../protocol/y.ts';",
    ],
  ])('lets pass in %s', (path, text) => {
    fine(path, text);
  });

  it('warns of long files without failing', () => {
    const { status, output } = check({ 'src/loop/long.ts': 'export const a = 1;\n'.repeat(301) });
    expect(status).toBe(0);
    expect(output).toContain('src/loop/long.ts: 301 lines');
  });
});
