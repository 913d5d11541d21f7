import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { ItemResults } from '../protocol/events.ts';
import { itemsOfJson } from './items.ts';
import { parseNumber } from './metrics.ts';

// `metric.json: out/result.json#eval.loss`: the number is read from a file after the trial. The file's content and
// name are the experiment's data, so only a plain file of modest size inside the trial's own folders is opened.

/** Larger files are refused, bytes. */
const maxJsonBytes = 4 * 1024 * 1024;

export interface JsonMetric {
  value: number | null;
  why: string | null;
  /** Which items passed, where the file says so under `items`. */
  items?: ItemResults;
}

/** What a file looked like before the trial; an unchanged one was not written by it. null: there was none. */
export type FileStamp = string | null;

/** Splits `file#dotted.path`. Without `#` the whole file is the number. */
function splitJsonReference(reference: string): { file: string; path: string[] } {
  const hash = reference.lastIndexOf('#');
  if (hash < 0) return { file: reference, path: [] };
  return {
    file: reference.slice(0, hash),
    path: reference
      .slice(hash + 1)
      .split('.')
      .filter((p) => p !== ''),
  };
}

/** Where the file may be: in the working folder, else in the output folder. */
function candidates(file: string, cwd: string, outDir: string): string[] {
  return isAbsolute(file) ? [file] : [resolve(cwd, file), join(outDir, file)];
}

/** Remembers the file as it is before the trial, so that a stale result is not taken for a new one. */
export async function stampJson(reference: string, cwd: string, outDir: string): Promise<FileStamp[]> {
  const { file } = splitJsonReference(reference);
  return Promise.all(candidates(file, cwd, outDir).map(stampOf));
}

async function stampOf(path: string): Promise<FileStamp> {
  try {
    const s = await stat(path, { bigint: true });
    return `${s.dev}:${s.ino}:${s.size}:${s.ctimeNs}`;
  } catch {
    return null;
  }
}

/** Reads the number. Never throws: what is wrong is the reason. */
export async function readJsonMetric(
  reference: string,
  cwd: string,
  outDir: string,
  before: FileStamp[],
): Promise<JsonMetric> {
  const { file, path } = splitJsonReference(reference);
  let stale = false;
  for (const [i, candidate] of candidates(file, cwd, outDir).entries()) {
    const stamp = await stampOf(candidate);
    if (stamp === null) continue;
    if (stamp === before[i]) {
      stale = true;
      continue;
    }
    const text = await readInside(candidate, [cwd, outDir]);
    return 'why' in text ? { value: null, why: `${file}: ${text.why}` } : pick(text.text, path, file);
  }
  return {
    value: null,
    why: stale ? `${file} was not written by this trial (it is from before)` : `${file} was not written`,
  };
}

async function readInside(path: string, folders: string[]): Promise<{ text: string } | { why: string }> {
  try {
    const real = await realpath(path);
    const roots = await Promise.all(folders.map((f) => realpath(f).catch(() => null)));
    if (!roots.some((root) => root !== null && real.startsWith(root + sep))) {
      return { why: 'lies outside the trial’s folders' };
    }
    // Nonblocking: opening a pipe without a writer would wait for ever.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const s = await file.stat();
      if (!s.isFile()) return { why: 'is not a plain file' };
      if (s.size > maxJsonBytes) return { why: 'is larger than 4 MiB' };
      return { text: await file.readFile('utf8') };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { why: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

function pick(text: string, path: string[], file: string): JsonMetric {
  let value: unknown;
  try {
    value = parseLoose(text);
  } catch {
    return { value: null, why: `${file} is not valid JSON` };
  }
  const items = itemsOfJson((value as { items?: unknown } | null)?.items);
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return { value: null, why: `${file} has no ${path.join('.')}` };
    }
    value = (value as Record<string, unknown>)[key];
  }
  const found = typeof value === 'number' ? value : typeof value === 'string' ? parseNumber(value) : null;
  return found === null
    ? { value: null, why: `${path.join('.') || 'the content'} in ${file} is not a number` }
    : { value: found, why: null, ...(items ? { items } : {}) };
}

/** Python writes NaN and Infinity, which JSON does not know: they become strings that still read as such. */
function parseLoose(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error;
    return JSON.parse(text.replace(/(?<!["\w])-?(?:NaN|Infinity)\b(?!")/g, '"$&"'));
  }
}
