import { type Document, isMap, isPair, isScalar, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** A YAML file that is checked: its text as parsed, and what may stand in it. */
export interface YamlSource {
  /** For messages, such as `pawl.yaml`. */
  name: string;
  doc: Document;
  lines: LineCounter;
  /** The document as plain values. */
  plain: unknown;
  /** Names that may be written at a path, for suggestions. */
  knownKeys(path: readonly PropertyKey[]): string[];
  /** What to write for a missing field, by its name. */
  needed?: Record<string, string>;
  /** How a field is written, by its name, for one of a wrong kind. */
  examples?: Record<string, string>;
}

/** Every problem as `name:line: field: what, and how to mend it`, each once. */
export function problemsOf(error: z.ZodError, source: YamlSource): string[] {
  return [...new Set(error.issues.flatMap((issue) => describe(issue, source)))];
}

function describe(issue: z.core.$ZodIssue, source: YamlSource): string[] {
  const { name, plain, knownKeys, needed } = source;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const guess = nearest(key, knownKeys(issue.path));
      const field = path.map(String).join('.');
      const hint = guess
        ? `Did you mean '${[...issue.path.map(String), guess].join('.')}'?`
        : `Known here: ${knownKeys(issue.path).join(', ')}.`;
      return `${name}:${lineOf(path, source)}: ${field}: unknown key. ${hint}`;
    });
  }
  // A union says nothing of use by itself: the branch that got furthest holds the user's mistake.
  if (issue.code === 'invalid_union') {
    const branch = issue.errors
      .filter((b) => b.length > 0)
      .sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (branch) {
      return branch.flatMap((inner) =>
        describe({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, source),
      );
    }
  }
  if (issue.code === 'invalid_value' && valueAt(plain, issue.path) !== undefined) {
    const words = issue.values.map(String);
    const written = String(valueAt(plain, issue.path));
    const guess = nearest(written, words);
    const hint = guess ? `Did you mean '${guess}'?` : `It takes ${words.join(', ')}.`;
    return [
      `${name}:${lineOf(issue.path, source)}: ${issue.path.map(String).join('.')}: '${written}' is not known. ${hint}`,
    ];
  }
  const field = issue.path.map(String).join('.') || '(top)';
  const example = source.examples?.[field.replace(/\.\d+$/, '')];
  const missing = valueAt(plain, issue.path) === undefined;
  const wrongKind = issue.code === 'invalid_type' && !missing;
  const message = missing
    ? `is missing${needed?.[field] ? `. ${needed[field]}` : ''}`
    : wrongKind
      ? `takes ${kinds[issue.expected] ?? issue.expected}, not ${shown(valueAt(plain, issue.path))}.${example ? ` Write for example ${example}.` : ''}`
      : issue.message;
  return [`${name}:${lineOf(issue.path, source)}: ${field}: ${message}`];
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields of its own',
};

/** What was written, short enough for a message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

const depth = (issues: readonly z.core.$ZodIssue[]) =>
  Math.max(...issues.map((i) => i.path.length + (i.code === 'unrecognized_keys' ? 1 : 0)));

function valueAt(plain: unknown, path: readonly PropertyKey[]): unknown {
  let at = plain;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined | null)?.[key];
  return at;
}

/** Line (1-based) of the deepest part of a path that exists in the file. */
export function lineOf(
  path: readonly PropertyKey[],
  { doc, lines }: Pick<YamlSource, 'doc' | 'lines'>,
): number {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const parent = length === 1 ? doc.contents : doc.getIn(path.slice(0, length - 1) as unknown[], true);
    if (isMap(parent)) {
      const pair = parent.items.find((p) => isPair(p) && isScalar(p.key) && p.key.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = doc.getIn(path.slice(0, length) as unknown[], true) as { range?: [number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
