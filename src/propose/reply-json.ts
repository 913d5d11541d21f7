import type { Edit } from './proposer.ts';
import { blockEdit } from './reply-block.ts';

// Answers as JSON: models that are trained on tools wrap their edits that way. Only JSON that is whole and whose keys
// say plainly what is meant is read.

export type JsonReply =
  | { ok: true; edits: Edit[]; hypothesis: string; expect: string; family: string }
  | { ok: false; why: string };

export interface JsonContext {
  /** The only surface file, or null. */
  path: string | null;
  base: (path: string) => string;
}

type Thing = Record<string, unknown>;

const from = ['search', 'old', 'find', 'old_string', 'old_str', 'old_text', 'original', 'before'];
const to = ['replace', 'new', 'replacement', 'new_string', 'new_str', 'new_text', 'updated', 'after'];
const where = ['path', 'file', 'file_path', 'filepath', 'filename'];
const lists = ['edits', 'replacements', 'changes', 'blocks'];
const inner = ['arguments', 'parameters', 'input'];
const sets = ['set', 'constants'];

/** The edits of an answer that is JSON: alone, in one fence, or in <tool_call> tags; null when it is none. */
export function readJson(answer: string, context: JsonContext): JsonReply | null {
  const texts = jsonTexts(answer);
  if (texts.length === 0) return null;
  const things: unknown[] = [];
  for (const text of texts) {
    try {
      things.push(JSON.parse(text));
    } catch {
      return { ok: false, why: 'the JSON in it is not whole; reply in the form that was asked for' };
    }
  }
  const reply: JsonReply & { ok: true } = { ok: true, edits: [], hypothesis: '', expect: '', family: '' };
  const why = things.flatMap((t) => (Array.isArray(t) ? t : [t])).map((t) => take(t, reply, context, 0));
  const problem = why.find((w) => w !== null);
  if (problem) return { ok: false, why: problem };
  return reply.edits.length > 0 ? reply : null;
}

function jsonTexts(answer: string): string[] {
  const calls = [...answer.matchAll(/<tool_call>\s*([{[][\s\S]*?[}\]])\s*<\/tool_call>/g)].map((m) => m[1]!);
  if (calls.length > 0) return calls;
  const fences = [...answer.matchAll(/^```(?:json)?[ \t]*\n(\s*[{[][\s\S]*?[}\]]\s*)\n```/gm)].map(
    (m) => m[1]!,
  );
  if (fences.length > 0) return fences.length === 1 ? fences : [];
  return /^\s*(?:\{|\[\s*\{)/.test(answer) ? [answer] : [];
}

/** Adds what one object says to the reply. @returns what is wrong with it */
function take(
  value: unknown,
  reply: JsonReply & { ok: true },
  context: JsonContext,
  depth: number,
): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 3)
    return 'an edit in the JSON is no object';
  const thing = Object.fromEntries(Object.entries(value).map(([k, v]) => [k.toLowerCase(), v])) as Thing;
  const hypothesis = word(thing, ['hypothesis', 'description', 'reason', 'rationale']);
  if (hypothesis !== null && depth === 0) {
    if (reply.hypothesis !== '' && reply.hypothesis !== hypothesis)
      return 'it has several proposals; give exactly one';
    reply.hypothesis = hypothesis;
  }
  if (depth === 0) {
    reply.expect = word(thing, ['expect', 'expected']) ?? reply.expect;
    reply.family = word(thing, ['family']) ?? reply.family;
  }
  if (thing.replace_all === true) return 'replace_all is not possible; give each place a SEARCH of its own';
  const path = word(thing, where) ?? context.path;
  const here = { ...context, path };
  const search = word(thing, from);
  const replace = word(thing, to);
  if (search !== null && replace !== null) {
    if (path === null) return 'an edit in the JSON does not say which file it is for';
    const made = blockEdit(linesOf(search), linesOf(replace), { path, base: context.base(path) });
    if (!made.ok) return made.why;
    reply.edits.push(made.edit);
  }
  const name = word(thing, ['constant', 'name']);
  if (name !== null && 'value' in thing) {
    const edit = constant(name, thing.value, word(thing, where));
    if (edit === null) return `the value of ${name} is no constant`;
    reply.edits.push(edit);
  }
  for (const key of sets) {
    const group = thing[key];
    if (typeof group !== 'object' || group === null || Array.isArray(group)) continue;
    for (const [n, v] of Object.entries(group)) {
      const edit = constant(n, v, word(thing, where));
      if (edit === null) return `the value of ${n} is no constant`;
      reply.edits.push(edit);
    }
  }
  for (const key of [...lists, ...sets]) {
    const items = thing[key];
    if (!Array.isArray(items)) continue;
    for (const item of items) {
      const why = take(item, reply, here, depth + 1);
      if (why !== null) return why;
    }
  }
  for (const key of inner) {
    const args = typeof thing[key] === 'string' ? parsed(thing[key]) : thing[key];
    if (typeof args !== 'object' || args === null) continue;
    const why = take(args, reply, here, depth + 1);
    if (why !== null) return why;
  }
  return null;
}

/** Arguments that are JSON in a string; null when they are not. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function constant(name: string, value: unknown, path: string | null): Edit | null {
  if (!/^[A-Za-z_][\w.]*$/.test(name)) return null;
  const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
  if (typeof value === 'string' && number.test(value)) return { kind: 'constant', path, name, value };
  if (typeof value === 'string') return { kind: 'constant', path, name, value: JSON.stringify(value) };
  if (typeof value !== 'number' && typeof value !== 'boolean') return null;
  return { kind: 'constant', path, name, value: String(value) };
}

function word(thing: Thing, keys: readonly string[]): string | null {
  for (const key of keys) if (typeof thing[key] === 'string') return thing[key];
  return null;
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
}
