import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { parseTheme, type Theme, ThemeMistake } from './theme.ts';
import { builtInTheme } from './themes.ts';

/** Names of the theme files in a folder, in order; a missing folder has none. */
export function userThemeNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort();
  } catch {
    return [];
  }
}

/**
 * The user's theme of that name, or null when there is no such file.
 * @throws Error as `file:line: token: what is wrong`.
 */
export function userTheme(folder: string, name: string): Theme | null {
  // A name is a file of that folder, never a path out of it.
  if (!/^[\w][\w.-]*$/.test(name)) return null;
  const path = join(folder, `${name}.json`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${path}: cannot be read: ${(error as Error).message}`);
  }
  return parseThemeText(text, path, name);
}

/** As userTheme, from text. JSON is read as YAML, which it is a part of: that knows the lines. */
function parseThemeText(text: string, path: string, name: string): Theme {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const bad = doc.errors[0];
  if (bad) throw new Error(`${path}:${lines.linePos(bad.pos[0]).line}: this is not JSON: ${bad.message}`);
  try {
    return parseTheme(doc.toJS(), name, builtInTheme);
  } catch (error) {
    if (!(error instanceof ThemeMistake)) throw error;
    const where = `${path}:${lineOf(doc, lines, error.path)}`;
    throw new Error(`${where}: ${error.message.replace(/^theme: /, '')}`);
  }
}

/** The line of the nearest thing that exists on that path: what is missing has no line of its own. */
function lineOf(
  doc: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  for (let length = path.length; length > 0; length--) {
    const node = doc.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] | null }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
