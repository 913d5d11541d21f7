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
  /** Sections in which a key may be written, for one that stands outside of them. */
  sectionsWith?(key: string): string[];
  /** What to write for a missing field, by its name. */
  needed?: Record<string, string>;
  /** How a field is written, by its name, for one of a wrong kind. */
  examples?: Record<string, string>;
}

/** Every problem as `name:line: field: what, and how to mend it`, each once, in the order of the file. */
export function problemsOf(error: z.ZodError, source: YamlSource): string[] {
  const all = [...new Set(error.issues.flatMap((issue) => describe(issue, source)))];
  const line = (problem: string) => Number(/^:(\d+)/.exec(problem.slice(source.name.length))?.[1] ?? 0);
  return all.sort((a, b) => line(a) - line(b));
}

function describe(issue: z.core.$ZodIssue, source: YamlSource): string[] {
  const { name, plain, knownKeys, needed } = source;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const guess = nearest(key, knownKeys(issue.path));
      const field = path.map(String).join('.');
      const sections = source.sectionsWith?.(key) ?? [];
      const hint = guess
        ? `Did you mean '${[...issue.path.map(String), guess].join('.')}'?`
        : issue.path.length === 0 && sections.length > 0
          ? `It belongs under ${sections.map((section) => `${section}:`).join(' or ')}.`
          : `Known here: ${knownKeys(issue.path).join(', ')}.`;
      return `${name}:${lineOf(path, source)}: ${field}: unknown key. ${hint}`;
    });
  }
  // A union says nothing of use by itself: the branch that got furthest holds the user's mistake.
  if (issue.code === 'invalid_union') {
    const kinds = kindsOf(issue.errors, valueAt(plain, issue.path));
    if (kinds !== null) return [wrongKindOf(issue.path, kinds, source)];
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
  const field = fieldOf(issue.path);
  if (valueAt(plain, issue.path) === undefined) {
    const wanted = needed?.[field] ? `. ${needed[field]}` : '';
    return [`${name}:${lineOf(issue.path, source)}: ${field}: is missing${wanted}`];
  }
  if (issue.code === 'invalid_type') return [wrongKindOf(issue.path, [kindOf(issue.expected)], source)];
  const message = limitOf(issue, valueAt(plain, issue.path)) ?? issue.message;
  return [`${name}:${lineOf(issue.path, source)}: ${field}: ${message}`];
}

const fieldOf = (path: readonly PropertyKey[]) => path.map(String).join('.') || '(top)';

/** A value of a kind that the field does not take. */
function wrongKindOf(path: readonly PropertyKey[], kinds: readonly string[], source: YamlSource): string {
  const field = fieldOf(path);
  const example = source.examples?.[field.replace(/\.\d+$/, '')];
  const value = valueAt(source.plain, path);
  const what =
    value === null ? `has no value; it takes ${anyOf(kinds)}` : `takes ${anyOf(kinds)}, not ${shown(value)}`;
  const hint = example ? ` Write for example ${example}.` : '';
  return `${source.name}:${lineOf(path, source)}: ${field}: ${what}.${hint}`;
}

/** The kinds that a field takes, when a value is of none of them; null when it is a wrong one of a right kind. */
function kindsOf(branches: readonly (readonly z.core.$ZodIssue[])[], value: unknown): string[] | null {
  const kinds = branches.flatMap(([issue, ...more]) => {
    if (!issue || more.length > 0 || issue.path.length > 0) return [];
    if (issue.code === 'invalid_type') return [kindOf(issue.expected)];
    // One of several words, misspelt, has a message of its own.
    if (issue.code === 'invalid_value' && (typeof value !== 'string' || issue.values.length === 1))
      return issue.values.map((v) => `'${String(v)}'`);
    return [];
  });
  return value !== undefined && kinds.length >= branches.length ? [...new Set(kinds)] : null;
}

/** A number, text or list beyond what the field takes; null for every other problem. */
function limitOf(issue: z.core.$ZodIssue, value: unknown): string | null {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return null;
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  if (small && (value === '' || (Array.isArray(value) && value.length === 0)))
    return 'is empty. Write something, or remove the line.';
  const bound = issue.inclusive
    ? `${limit} or ${small ? 'more' : 'less'}`
    : `${small ? 'more' : 'less'} than ${limit}`;
  const unit = { string: ' characters', array: ' entries' }[String(issue.origin)] ?? '';
  return `takes ${bound}${unit}, not ${unit === '' ? shown(value) : `these ${(value as string | unknown[]).length}`}.`;
}

/** `a, b or c` */
function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const kindOf = (expected: string) => kindWords[expected] ?? expected;

const kindWords: Record<string, string> = {
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
