// Bundles everything into dist/: pawl.mjs and a few parts that it loads when it needs them. Some files start about twice
// as fast as the module graph, a screen does not carry the engine's code in its memory, and the define makes React the
// production build, which is smaller and 15-37 % cheaper per frame.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

const { outputFiles } = await build({
  entryPoints: { pawl: at('src/main.ts') },
  outdir: at('dist'),
  outExtension: { '.js': '.mjs' },
  chunkNames: 'part-[hash]',
  splitting: true,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  jsx: 'automatic',
  sourcemap: 'linked',
  // The names stay, so that a stack says where. What is not there need not be read, hashed for the cache, and kept in memory.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    'process.env.PAWL_VERSION': JSON.stringify(version),
  },
  plugins: [
    {
      name: 'aliases',
      setup(b) {
        // ink imports this for its dev build only; marking it external would crash at start, esbuild hoists it.
        b.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'devtools', namespace: 'empty' }));
        b.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
        // Everyone gets the fast path; the fast path itself gets the original.
        b.onResolve({ filter: /^string-width$/ }, (args) =>
          args.importer.endsWith('string-width-fast.ts')
            ? undefined
            : { path: at('src/screen/string-width-fast.ts') },
        );
        // Errors in English are all that anybody sees of zod; its other languages are a fifth of everything.
        b.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
          contents: "export { default as en } from './en.js';",
        }));
        // Ink cleans every text of every frame; what consists of plain signs and colours it would leave as it is.
        b.onLoad({ filter: /ink\/build\/squash-text-nodes\.js$/ }, ({ path }) => {
          const head = 'const squashTextNodes = (node) => {';
          const source = readFileSync(path, 'utf8');
          if (!source.includes(head))
            throw new Error(`${path} has changed: look for where it begins to put texts together`);
          const from = JSON.stringify(at('src/screen/plain-signs.ts'));
          const only =
            "const only = node.childNodes.length === 1 && node.childNodes[0].nodeName === '#text' ? node.childNodes[0].nodeValue : null;";
          return {
            contents: `import { knownPlain } from ${from};\n${source.replace(head, `${head}\n ${only}\n if (only !== null && knownPlain(only)) return only;`)}`,
          };
        });
        // Yoga fetches its own bytes from a data: address, for which Node first loads all of its fetch: a fifth of the time to
        // the first frame. Without fetch it decodes them itself.
        b.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
          const asked = '"function"!=typeof fetch';
          const source = readFileSync(path, 'utf8');
          if (!source.includes(asked))
            throw new Error(`${path} has changed: look for where it asks for fetch`);
          return { contents: source.replaceAll(asked, '!0') };
        });
        // Ink's own file: rows are changed cell by cell instead of from the first change to the end.
        b.onResolve({ filter: /^\.\/line-update\.js$/ }, () => ({
          path: at('src/screen/line-update-cells.ts'),
        }));
        // Rows that lie beside each other are put together as they are: Ink's grid is for those that need it.
        b.onLoad({ filter: /ink\/build\/output\.js$/ }, ({ path }) => {
          const head = 'get() {';
          const source = readFileSync(path, 'utf8');
          if (source.split(head).length !== 2)
            throw new Error(`${path} has changed: look for where it makes the grid`);
          const from = JSON.stringify(at('src/screen/joined-rows.ts'));
          return {
            contents: `import { joinRows } from ${from};\n${source.replace(head, `${head}\n const joined = joinRows(this.operations, this.height);\n if (joined) return joined;`)}`,
          };
        });
        b.onResolve({ filter: /^@alcalzone\/ansi-tokenize$/ }, (args) =>
          args.importer.endsWith('ansi-tokenize-fast.ts')
            ? undefined
            : { path: at('src/screen/ansi-tokenize-fast.ts') },
        );
      },
    },
  ],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
mkdirSync(at('dist'), { recursive: true });
const made = outputFiles.map(({ path }) => basename(path));
for (const [i, { path, contents, text }] of outputFiles.entries())
  writeFileSync(join(at('dist'), made[i]), path.endsWith('.map') ? contents : ascii(text));
// The parts of the last build go last: whoever starts meanwhile finds one of the two whole.
for (const old of readdirSync(at('dist'))) if (!made.includes(old)) rmSync(join(at('dist'), old));
chmodSync(at('bin/pawl.js'), 0o755);

/** One other letter, and V8 keeps two bytes for each of a file: esbuild leaves those of regular expressions as they are. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
