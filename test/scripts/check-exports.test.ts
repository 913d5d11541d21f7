import { expect, it } from 'vitest';
import { onTree } from './on-tree.ts';

const check = onTree('check-exports.mjs');
const text = 'export function one() {}\nexport const two = one;\n';

it('names what nobody imports, and what only tests use', () => {
  expect(check({ 'src/a.ts': `// two\n${text}` })).toEqual({
    status: 1,
    output:
      'wrong    src/a.ts:2: nobody imports one: do not export it\nwrong    src/a.ts:3: nobody imports two: remove it\n',
  });
  expect(check({ 'src/a.ts': text, 'test/a.test.ts': "import { one, two } from '../src/a.ts';" })).toEqual({
    status: 1,
    output: 'wrong    src/a.ts:2: only tests use two: remove it, or move it to them\n',
  });
});

it.each([
  ["import { one, two } from './a.ts';"],
  ["import {\n  one as other,\n  type X,\n  two,\n} from './a.ts';"],
  ["export { one, two } from './a.ts';"],
  ["import * as all from './a.ts';"],
  ["const { one } = await import('./a.ts');"],
])('takes for used: %s', (line) => {
  expect(check({ 'src/a.ts': text, 'src/b.ts': line })).toEqual({ status: 0, output: '' });
});

it('is not deceived by a mention or by an import of another file', () => {
  const lines = "// import { one } from './a.ts';\nimport { one, two } from './c.ts';";
  expect(check({ 'src/a.ts': text, 'src/b.ts': lines, 'src/c.ts': '' }).status).toBe(1);
});
