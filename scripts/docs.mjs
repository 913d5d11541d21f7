// Writes the parts of README.md that the program itself knows (keys, commands), so that they can never disagree.
// node scripts/docs.mjs          rewrites them
// node scripts/docs.mjs --check  fails when they are not what the program says
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const pawl = (...args) =>
  execFileSync(process.execPath, [at('bin/pawl.js'), ...args], { encoding: 'utf8' }).trim();

const parts = {
  keys: () => pawl('keys', '--markdown'),
  commands: () => ['```', pawl('--help'), '```'].join('\n'),
  run: () => ['```', pawl('run', '--help'), '```'].join('\n'),
};

const path = at('README.md');
const before = readFileSync(path, 'utf8');
let after = before;
for (const [name, make] of Object.entries(parts)) {
  const block = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!block.test(after))
    throw new Error(`README.md has no block <!-- generated: ${name} --> ... <!-- end -->`);
  after = after.replace(block, (_, start, end) => `${start}${make()}\n${end}`);
}
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('README.md is not what the program says. Run: npm run docs');
    process.exit(1);
  }
} else if (after !== before) writeFileSync(path, after);
