import { isHouseName } from '../protocol/house-names.ts';

/**
 * A path as a model wrote it, in the form that git uses: `./`, back slashes, quotes and doubled slashes removed.
 * null when it is no path inside the project: absolute, with `..`, in `.git` or `.pawl` however spelled, or with control
 * characters.
 */
export function normalPath(raw: string): string | null {
  const path = raw
    .trim()
    .replace(/^["'`]+|["'`]+$/g, '')
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(?:\.\/)+/, '');
  if (path === '' || path.length > 400 || path.startsWith('/') || path.startsWith('~')) return null;
  if (/^[A-Za-z]:/.test(path) || /[\u0000-\u001f\u007f]/.test(path) || path.endsWith('/')) return null;
  const parts = path.split('/');
  if (parts.some((p) => p === '..' || p === '.' || isHouseName(p))) return null;
  return path;
}

/**
 * The surface file that a path means: the same path, or the only file that ends with it (`train.py` for
 * `src/train.py`). A longer path than a surface file's is another file. null when none or several.
 */
export function resolveSurfacePath(raw: string, surface: ReadonlyMap<string, unknown>): string | null {
  const path = normalPath(raw);
  if (path === null) return null;
  if (surface.has(path)) return path;
  const tails = [...surface.keys()].filter((p) => p.endsWith(`/${path}`));
  return tails.length === 1 ? tails[0]! : null;
}
