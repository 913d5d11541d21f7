// Finds what is written for nobody: functions, classes and constants that src/ exports and no other file imports.
//   node scripts/check-exports.mjs [folder that holds src/ and test/]
// A test may look into a file, but what only a test uses is no part of the product. Types are left alone: they name
// what an exported function takes and gives, also where nobody writes the name.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files whose exports somebody else asks for: the launcher, and the bundler in the place of a package or within one. */
const ENTRIES = [
  'src/main.ts',
  'src/screen/ansi-tokenize-fast.ts',
  'src/screen/joined-rows.ts',
  'src/screen/plain-signs.ts',
  'src/screen/string-width-fast.ts',
];

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const texts = new Map(
  ['src', 'test', 'scripts']
    .flatMap(codeFiles)
    .map((path) => [path, withoutComments(readFileSync(path, 'utf8'))]),
);
const ofProduct = (path) => path.startsWith(join(root, 'src') + sep);

/** For each file, who imports which of its names; `*` = all of them. */
const importers = new Map();
for (const [path, text] of texts)
  for (const { target, names } of importsOf(path, text))
    for (const name of names) importersOf(target, name).push(path);

const faults = [];
for (const [path, text] of texts) {
  const inside = relative(root, path).split(sep).join('/');
  if (!ofProduct(path) || ENTRIES.includes(inside)) continue;
  for (const { name, line } of exportsOf(text)) {
    const users = [...importersOf(path, name), ...importersOf(path, '*')];
    if (users.some(ofProduct)) continue;
    const usedHere = text.match(new RegExp(`\\b${name}\\b`, 'g')).length > 1;
    if (users.length === 0)
      faults.push(
        `${inside}:${line}: nobody imports ${name}: ${usedHere ? 'do not export it' : 'remove it'}`,
      );
    else if (!usedHere)
      faults.push(`${inside}:${line}: only tests use ${name}: remove it, or move it to them`);
  }
}
for (const fault of faults.sort()) console.error(`wrong    ${fault}`);
if (faults.length > 0) process.exitCode = 1;

function codeFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|js|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importersOf(path, name) {
  const key = `${path}\0${name}`;
  if (!importers.has(key)) importers.set(key, []);
  return importers.get(key);
}

function exportsOf(text) {
  const pattern = /^export (?:async |abstract )*(?:function\*?|class|const|let) (\w+)/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    name: match[1],
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** The names that a file takes from others of ours; of `import()` and `import * as` that is all there is. */
function importsOf(path, text) {
  const named = /\b(?:import|export)\s([^'"`;]*?)\bfrom\s*['"](\.[^'"]+)['"]/g;
  const whole = /\b(?:import|mock)\s*\(\s*['"](\.[^'"]+)['"]/g;
  const at = (specifier) => resolve(dirname(path), specifier);
  return [
    ...[...text.matchAll(named)].map(([, clause, specifier]) => ({
      target: at(specifier),
      names: clause.includes('*')
        ? ['*']
        : [...clause.matchAll(/(\w+)(?:\s+as\s+\w+)?\s*(?=[,}])/g)].map((m) => m[1]),
    })),
    ...[...text.matchAll(whole)].map(([, specifier]) => ({ target: at(specifier), names: ['*'] })),
  ];
}

// Blanks comments and keeps line breaks: a name that prose mentions is not used.
function withoutComments(text) {
  return text.replace(/(['"])(?:\\.|(?!\1)[^\\\n])*\1|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece,
  );
}
