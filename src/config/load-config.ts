import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../protocol/failure.ts';
import type { Settings } from '../protocol/settings.ts';
import { nearest } from './nearest.ts';
import { configSchema, knownKeys, resolveSettings } from './schema.ts';

export const configName = 'pawl.yaml';

/**
 * The folder of the nearest pawl.yaml at or above `from`.
 * @throws UserError (exit 2) when there is none.
 */
export function findProject(from: string): string {
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    if (existsSync(join(dir, configName))) return dir;
    if (dirname(dir) === dir) break;
  }
  throw new UserError(
    `No ${configName} in ${resolve(from)} or above it.\n` +
      `Write one with \`pawl init\`, or see a working one with \`pawl demo\`.`,
  );
}

/**
 * Reads and checks a project's pawl.yaml.
 * @throws UserError (exit 2) that lists every problem as `pawl.yaml:line: field: what, and how to mend it`.
 */
export function loadSettings(projectDir: string): Settings {
  const path = join(projectDir, configName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${(error as Error).message}`);
  }
  const settings = parseSettings(text, basename(path));
  mustExist(settings.instructions, projectDir, text);
  return settings;
}

/** The model would work without them, and the user would wonder all night why it does not listen. */
function mustExist(instructions: string | null, projectDir: string, text: string): void {
  if (instructions === null || existsSync(join(projectDir, instructions))) return;
  const line = text.split('\n').findIndex((l) => /^["']?instructions\b/.test(l)) + 1;
  const guess = nearest(instructions, readdirSync(projectDir));
  throw new UserError(
    `${configName}:${line}: instructions: ${instructions} does not exist. ` +
      (guess ? `Did you mean ${guess}?` : 'Write it (plain English for the model), or remove the line.'),
  );
}

/** As loadSettings, from text; `name` is used in messages. */
export function parseSettings(text: string, name = configName): Settings {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const bad = doc.errors[0];
  if (bad) {
    const { line, col } = lines.linePos(bad.pos[0]);
    throw new UserError(`${name}:${line}:${col}: this is not valid YAML: ${bad.message}`);
  }
  const plain = doc.toJS() as unknown;
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    throw new UserError(
      `${name}: expected \`key: value\` lines; at least command, surface and metric are needed.`,
    );
  }
  const parsed = configSchema.safeParse(plain);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => describe(issue, doc, lines, name, plain));
    throw new UserError([...new Set(causesFirst(problems))].join('\n'));
  }
  const settings = resolveSettings(parsed.data);
  if (settings.timeoutMs < settings.budgetMs) {
    throw new UserError(
      `${name}:${lineOf(['timeout'], doc, lines)}: timeout: is shorter than budget (${settings.budgetMs / 1000}s); ` +
        'every trial would be cut off. Give at least the budget plus start-up and evaluation.',
    );
  }
  return settings;
}

/** A misspelt key is also a missing one: its own line tells it all, and comes first. */
function causesFirst(problems: string[]): string[] {
  const meant = problems.flatMap((p) => /Did you mean '([^']+)'\?/.exec(p)?.[1] ?? []);
  const isEcho = (p: string) => meant.some((key) => p.includes(`: ${key}: is missing`));
  return problems.filter((p) => !isEcho(p));
}

function describe(
  issue: z.core.$ZodIssue,
  doc: Document,
  lines: LineCounter,
  name: string,
  plain: object,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const guess = nearest(key, knownKeys(issue.path));
      const field = path.map(String).join('.');
      const hint = guess
        ? `Did you mean '${[...issue.path.map(String), guess].join('.')}'?`
        : `Known here: ${knownKeys(issue.path).join(', ')}.`;
      return `${name}:${lineOf(path, doc, lines)}: ${field}: unknown key. ${hint}`;
    });
  }
  // A union says nothing of use by itself: the branch that got furthest holds the user's mistake.
  if (issue.code === 'invalid_union') {
    const branch = issue.errors
      .filter((b) => b.length > 0)
      .sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (branch) {
      return branch.flatMap((inner) =>
        describe(
          { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue,
          doc,
          lines,
          name,
          plain,
        ),
      );
    }
  }
  if (issue.code === 'invalid_value' && valueAt(plain, issue.path) !== undefined) {
    const words = issue.values.map(String);
    const written = String(valueAt(plain, issue.path));
    const guess = nearest(written, words);
    const hint = guess ? `Did you mean '${guess}'?` : `It takes ${words.join(', ')}.`;
    return [
      `${name}:${lineOf(issue.path, doc, lines)}: ${issue.path.map(String).join('.')}: '${written}' is not known. ${hint}`,
    ];
  }
  const field = issue.path.map(String).join('.') || '(top)';
  const missing = valueAt(plain, issue.path) === undefined;
  const message = missing ? `is missing${needed[field] ? `. ${needed[field]}` : ''}` : issue.message;
  return [`${name}:${lineOf(issue.path, doc, lines)}: ${field}: ${message}`];
}

const needed: Record<string, string> = {
  command: 'Write the command that trains and prints the metric, such as `command: python train.py`.',
  surface: 'List the files that may be changed, such as `surface: [train.py]`.',
  metric: 'Name the number to improve, such as `metric: {name: val_bpb, direction: minimize}`.',
};

const depth = (issues: readonly z.core.$ZodIssue[]) =>
  Math.max(...issues.map((i) => i.path.length + (i.code === 'unrecognized_keys' ? 1 : 0)));

function valueAt(plain: unknown, path: readonly PropertyKey[]): unknown {
  let at = plain;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined | null)?.[key];
  return at;
}

/** Line (1-based) of the deepest part of a path that exists in the file. */
function lineOf(path: readonly PropertyKey[], doc: Document, lines: LineCounter): number {
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
