import { pythonModules } from './python-modules.ts';

// A new file can change what locked code does without touching it: by being imported in the place of what that code
// means, or by being read by an interpreter on its own. A proposal may make such a file only where the surface names it.

/** Files that an interpreter or a test runner reads unasked, or that say how others are read. */
const readUnasked =
  /^(sitecustomize\.py|usercustomize\.py|conftest\.py|pyvenv\.cfg|package\.json|tsconfig\.json|jsconfig\.json|bunfig\.toml|\.npmrc|.*\.pth|.*\._pth)$/i;
/** Folders whose content is imported by name from beside or below them. */
const importedFrom = /^(node_modules|__pycache__)$/i;
/** What a Python import finds: source, compiled, native. */
const pythonFile = /\.(pyc?|pyw|so|pyd)$/i;
/** What an import from JavaScript finds. */
const scriptFile = /\.([cm]?[jt]s|[jt]sx|node|json)$/i;

export interface ShadowQuestion {
  /** New file, posix, relative to the root of the repository. */
  path: string;
  /** All tracked files of the parent commit, relative to the root. */
  tracked: ReadonlySet<string>;
  isLocked(path: string): boolean;
  /** Top-level modules that locked Python files import. */
  imports: ReadonlySet<string>;
}

/** Why a new file could change what locked code does; null when it cannot, as far as names tell. */
export function shadowFault({ path, tracked, isLocked, imports }: ShadowQuestion): string | null {
  const parts = path.split('/');
  const name = parts.at(-1)!;
  if (readUnasked.test(name)) return `a new ${name} changes how other files are run`;
  const folder = parts.find((part) => importedFrom.test(part));
  if (folder) return `a new file in ${folder} can be imported in the place of another`;
  for (const [depth, part] of parts.entries()) {
    const last = depth === parts.length - 1;
    const beside = parts.slice(0, depth).join('/');
    const stem = last ? part.replace(/\..*$/, '') : part;
    const place = beside === '' ? stem : `${beside}/${stem}`;
    // A folder with tracked files in it is nothing new.
    if (!last && hasBelow(tracked, place)) continue;
    const twin = twinOf(place, path, tracked);
    if (twin && isLocked(twin)) return `it could be imported in the place of ${twin}`;
    if (!pythonFile.test(name)) continue;
    if (pythonModules.has(stem)) return `it would be imported in the place of Python's own module ${stem}`;
    if (imports.has(stem) && !twin)
      return `it would be imported in the place of the module ${stem}, which locked files use`;
  }
  return null;
}

/** Names of top-level modules that a Python source imports. */
export function importedModules(source: string): string[] {
  const found: string[] = [];
  for (const [, list] of source.matchAll(/^[ \t]*import[ \t]+([^#\n;]+)/gm))
    for (const part of list!.split(',')) found.push(part.trim().split(/[\s.]/)[0]!);
  for (const [, module] of source.matchAll(/^[ \t]*from[ \t]+(\w+)[\w.]*[ \t]+import\b/gm))
    found.push(module!);
  return found.filter((name) => /^\w+$/.test(name));
}

/** A tracked file beside a new one that an import of the same name finds. */
function twinOf(place: string, path: string, tracked: ReadonlySet<string>): string | null {
  const family = [pythonFile, scriptFile].find((files) => files.test(path));
  // JSON is the last that an import tries: it stands in nobody's place.
  if (!family || path.endsWith('.json')) return null;
  for (const other of tracked) {
    const rest = other.startsWith(`${place}.`) ? other.slice(place.length) : null;
    if (rest !== null && other !== path && !rest.includes('/') && family.test(other)) return other;
  }
  return ['__init__.py', 'index.js'].map((name) => `${place}/${name}`).find((p) => tracked.has(p)) ?? null;
}

function hasBelow(tracked: ReadonlySet<string>, folder: string): boolean {
  for (const path of tracked) if (path.startsWith(`${folder}/`)) return true;
  return false;
}
