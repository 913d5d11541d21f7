// Keeps the house in order: reads every import under src/ and says which of them point the wrong way.
//   node scripts/check-directions.mjs [folder that holds src/]
// Types count too: a folder that needs another one's types cannot be understood, or replaced, alone.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const LONGEST_FILE = 300;
const effect =
  'the engine passes effects in: put the shape that both need into src/protocol, or take it as an argument';

/** What each folder of src may import besides its own files. `*` is every folder. */
const FOLDERS = {
  protocol: { may: [], mend: 'protocol knows nobody: move what it needs into src/protocol' },
  loop: {
    may: ['protocol'],
    pure: true,
    mend: 'loop decides, it does not act: take the value as an argument',
  },
  journal: { may: ['protocol'], mend: effect },
  config: { may: ['protocol'], mend: 'config knows only protocol: let the caller combine the two' },
  propose: { may: ['protocol'], mend: effect },
  workspace: { may: ['protocol'], mend: effect },
  trial: { may: ['protocol'], mend: effect },
  gpu: { may: ['protocol'], mend: effect },
  screen: {
    may: [
      'protocol',
      'journal/fold.ts',
      'journal/judged-trials.ts',
      'journal/snapshot.ts',
      'journal/lucky-bar.ts',
      'journal/state.ts',
      // Pure readings of the fold's state; how decisions are made is none of the screen's business.
      'loop/amounts.ts',
      'loop/early-account.ts',
      'loop/power.ts',
      'loop/predictions.ts',
      'notify',
      'config/nearest.ts',
      '../themes',
    ],
    mend: 'the screen knows the run only by protocol and fold: send what it needs as an event or a pulse',
  },
  plain: {
    may: [
      'protocol',
      'journal',
      'loop/early-account.ts',
      'loop/plain-number.ts',
      'loop/power.ts',
      'loop/verify.ts',
    ],
    mend: 'the line reporter knows the run only by protocol and journal',
  },
  notify: {
    may: ['protocol', 'journal/state.ts'],
    mend: 'engine and screen both notify: take what they know as an argument',
  },
  report: { may: ['protocol', 'journal'], mend: 'a report is made from the journal alone' },
  doctor: {
    may: [
      'protocol',
      'config',
      'workspace',
      'trial',
      'gpu',
      'propose',
      'engine/lock-holder.ts',
      'engine/paths.ts',
    ],
    mend: 'the doctor asks the parts that a run is made of: what it needs belongs to one of them',
  },
  engine: {
    may: ['*'],
    never: ['screen', 'plain', 'cli'],
    mend: 'the engine must not know who watches: publish an event or a pulse',
  },
  cli: { may: ['*'] },
  // The entry of the bundle.
  'main.ts': { may: ['cli'], mend: 'main only hands over to src/cli' },
};

/** Packages that belong to some folders only. */
const PACKAGES = {
  react: ['screen'],
  ink: ['screen'],
  zustand: ['screen'],
  'simple-git': ['workspace'],
  ollama: ['propose/ollama'],
  execa: ['trial', 'gpu', 'workspace', 'engine', 'cli'],
};

/** Folders that use no packages but these. */
const ONLY_PACKAGES = { config: ['yaml', 'zod'], protocol: ['zod'] };

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const source = join(root, 'src');
const violations = [];
const warnings = [];

for (const file of sourceFiles()) {
  const text = readFileSync(file, 'utf8');
  const inside = slashes(relative(source, file));
  const lines = text.split('\n').length - 1;
  if (lines > LONGEST_FILE) warnings.push(`src/${inside}: ${lines} lines; split it, one idea per file`);
  for (const { line, specifier } of importsOf(text)) {
    const why = specifier.startsWith('.')
      ? wrongFile(file, inside, specifier)
      : wrongPackage(inside, specifier);
    if (why) violations.push(`src/${inside}:${line}: imports ${specifier}\n    ${why}`);
  }
}

for (const warning of warnings) console.warn(`warning  ${warning}`);
for (const violation of violations) console.error(`wrong    ${violation}`);
if (violations.length > 0) {
  console.error(
    `\n${violations.length} import${violations.length === 1 ? '' : 's'} against the directions of the house.`,
  );
  process.exitCode = 1;
}

function sourceFiles() {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|js|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function importsOf(text) {
  const code = withoutComments(text);
  const pattern =
    /(?:^|[;\s}])(?:import|export)\s(?:[^'"`;()]*?\sfrom\s*)?(['"])([^'"\n]+)\1|\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\3/g;
  return [...code.matchAll(pattern)].map((match) => {
    const specifier = match[2] ?? match[4];
    const at = match.index + match[0].lastIndexOf(specifier);
    return { specifier, line: code.slice(0, at).split('\n').length };
  });
}

// Blanks comments, leaving line breaks and strings, so that an import in prose is none.
function withoutComments(text) {
  return text.replace(/(['"])(?:\\.|(?!\1)[^\\\n])*\1|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece,
  );
}

function wrongFile(file, inside, specifier) {
  const from = roomOf(inside);
  const target = slashes(relative(source, resolve(dirname(file), specifier)));
  const to = roomOf(target);
  if (to === from) return null;
  const rules = FOLDERS[from];
  if (!rules) return `src/${from} has no rule: add it to scripts/check-directions.mjs`;
  if (rules.never?.includes(to)) return rules.mend;
  const allowed = rules.may.some((one) => one === '*' || target === one || target.startsWith(`${one}/`));
  return allowed ? null : `src/${from} may import ${said(rules.may)}; ${rules.mend}`;
}

function wrongPackage(inside, specifier) {
  const from = roomOf(inside);
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return FOLDERS[from]?.pure ? `src/${from} is pure, without input or output: ${FOLDERS[from].mend}` : null;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const homes = PACKAGES[name];
  if (homes && !homes.some((home) => inside.startsWith(`${home}/`))) {
    return `${name} belongs into ${homes.map((home) => `src/${home}`).join(', ')}: go through what that folder offers`;
  }
  const only = ONLY_PACKAGES[from];
  if (only && !only.includes(name)) return `src/${from} uses no packages but ${only.join(', ')}`;
  return null;
}

// The first folder under src, or the file itself where it lies directly in src.
function roomOf(inside) {
  return inside.split('/')[0];
}

function said(may) {
  return may.length === 0
    ? 'nothing outside of itself'
    : `only ${may.map((one) => slashes(join('src', one))).join(', ')}`;
}

function slashes(path) {
  return path.split(sep).join('/');
}
