import { maskCode, type Syntax, syntaxOf } from './constants-mask.ts';
import { numberAt } from './constants-number.ts';

/** A named literal at the top level of a file. */
export interface Assigned {
  name: string;
  /** null: not a number but another literal (string, boolean, list of numbers). */
  value: number | null;
  raw: string;
  suffix: string;
  /** Offsets of raw. */
  start: number;
  end: number;
  line: number;
  integer: boolean;
  /** The declared type takes whole numbers only. */
  typedInteger: boolean;
  /** Has a declaring word or a type before the name. */
  declared: boolean;
  /** Its value is changed elsewhere in the file: a variable that only starts there. */
  reassigned: boolean;
}

// Declaring words and types before the name. A word, perhaps with * or &, then a blank: no two ways to match.
const words = String.raw`[ \t]*((?:[A-Za-z_][\w:<>,.[\]]*(?:[ \t]*[*&]+)?[ \t]+)*?)([A-Za-z_]\w*)`;
const equals = String.raw`[ \t]*(:=|\?=|<-|=)(?![=>~])[ \t]*`;
const annotation = String.raw`([ \t]*:[ \t]*[A-Za-z_][\w.:<>[\]{}, |]*?|[ \t]*<const>)?`;
const head = new RegExp(words + annotation + equals, 'y');
const cHead = new RegExp(`${words}()${equals}`, 'y');
const juliaHead = new RegExp(`${words}([ \\t]*::[ \\t]*[\\w{}]+)?${equals}`, 'y');
const goHead = /[ \t]*((?:const|var)[ \t]+)?([A-Za-z_]\w*)([ \t]+[a-z]\w*)?[ \t]*(:?=)(?!=)[ \t]*/y;
const heads: Record<string, RegExp> = { go: goHead, c: cHead, julia: juliaHead };
const define = /[ \t]*#[ \t]*(define)[ \t]+([A-Za-z_]\w*)()([ \t]+)\(?[ \t]*/y;
const nextDeclarator = /,[ \t]*()([A-Za-z_]\w*)()[ \t]*(=)(?![=>~])[ \t]*/y;
const keys: Record<string, RegExp> = {
  yaml: /[ \t]*()([A-Za-z_][\w.-]*)()[ \t]*(:)[ \t]+/y,
  toml: /[ \t]*()([A-Za-z_][\w.-]*)()[ \t]*([=:])[ \t]*/y,
};
const jsonKey = /"([A-Za-z_][\w.-]*)"[ \t]*:[ \t]*/g;
// Words that begin a statement which is no declaration.
const statement =
  /^(?:return|if|elif|else|for|while|do|switch|case|with|in|and|or|not|assert|del|goto|throw|await|yield|print|echo|typedef|using|import|from|raise|lambda|try|except|finally|async|match|when|unless|until|loop|global|default)$/;
const constantWord = /\b(?:const|constexpr|final|static|readonly|define|val)\b/;
const integerType =
  /\b(?:int|long|short|unsigned|size_t|u?int(?:8|16|32|64)(?:_t)?|[iu](?:8|16|32|64|128|size)|Int(?:eger|8|16|32|64)?)\b/;
const floatType = /\b(?:float|double|f16|f32|f64|half|float32|float64|Float|Double|Float32|Float64)\b/;
const tail = /[ \t]*\)?(?:[ \t]+(?:as[ \t]+const|satisfies[ \t]+\w+))?[ \t]*(?=[;,\r\n]|$)/y;
/** Generated lines are long, and hold no constants to tune. */
const maxLine = 2000;
const other = /"[^"\\\n]*"|'[^'\\\n]*'|(?:true|false|True|False|None|null|nil)\b|[[(][ \t\d.,eE_+-]*[\])]/y;

/** All named literals of a file, in order. */
export function scanConstants(text: string, path?: string): Assigned[] {
  const syntax = syntaxOf(text, path);
  const code = maskCode(text, syntax);
  const found: Assigned[] = [];
  const changed = new Map<string, number>();
  let depth = 0;
  let parens = 0;
  let goBlock = false;
  let start = 0;
  for (const [index, line] of code.split('\n').entries()) {
    const top = { depth, goBlock: goBlock && depth === 1, line: index + 1 };
    const isKey = syntax.kind === 'json' || syntax.kind in keys;
    if (syntax.kind === 'json') scanJson(text, code, start, start + line.length, top.line, found);
    else if (line.length <= maxLine) scanLine(text, code, start, start + line.length, syntax, top, found);
    if (!isKey && parens === 0 && line.length <= maxLine) noteChanges(line, changed);
    for (const ch of line) {
      if ('([{'.includes(ch)) depth++;
      else if (')]}'.includes(ch)) depth = Math.max(0, depth - 1);
      if ('(['.includes(ch)) parens++;
      else if (')]'.includes(ch)) parens = Math.max(0, parens - 1);
    }
    if (depth === 0) goBlock = false;
    else if (/^(?:const|var)[ \t]*\($/.test(line.trim())) {
      goBlock = true;
      parens = 0;
    }
    start += line.length + 1;
  }
  // Without a declaring word, the first assignment is the definition.
  return found.map((c) => ({ ...c, reassigned: (changed.get(c.name) ?? 0) > (c.declared ? 0 : 1) }));
}

interface Place {
  depth: number;
  goBlock: boolean;
  line: number;
}

function scanLine(
  text: string,
  code: string,
  start: number,
  end: number,
  syntax: Syntax,
  place: Place,
  found: Assigned[],
): void {
  const macro = matchAt(define, code, start, end);
  if (macro && syntax.kind === 'braces') {
    add(text, code, start, macro, syntax, place, found);
    return;
  }
  const pattern = keys[syntax.kind] ?? heads[syntax.language] ?? head;
  let at = start;
  let m = matchAt(pattern, code, at, end);
  while (m) {
    const declared = m[1] ?? '';
    const valueEnd = accepted(m, code, start, syntax, place)
      ? add(text, code, at, m, syntax, place, found)
      : null;
    if (valueEnd === null) {
      const semicolon = code.slice(at, end).indexOf(';');
      if (semicolon < 0) return;
      at += semicolon + 1;
      m = matchAt(pattern, code, at, end);
      continue;
    }
    at = valueEnd;
    if (code[at] === ',' && syntax.kind === 'braces' && declared !== '') {
      m = matchAt(nextDeclarator, code, at, end);
      if (m) m[1] = declared;
    } else if (code[at] === ';') {
      at += 1;
      m = matchAt(pattern, code, at, end);
    } else return;
  }
}

function matchAt(pattern: RegExp, code: string, at: number, end: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  const m = pattern.exec(code);
  return m && pattern.lastIndex <= end ? m : null;
}

/** Top level: column 0 outside any bracket, or declared constant in so many words. */
function accepted(
  m: RegExpExecArray,
  code: string,
  lineStart: number,
  syntax: Syntax,
  place: Place,
): boolean {
  const [, declared = '', name = ''] = m;
  if (syntax.kind === 'yaml' || syntax.kind === 'toml') return place.depth === 0;
  const words = declared.trim().split(/[ \t]+/);
  if (statement.test(name) || words.some((w) => statement.test(w))) return false;
  if (place.goBlock) return true;
  const indented = /[ \t]/.test(code[lineStart] ?? '');
  if (place.depth === 0 && !indented) return true;
  if (syntax.kind !== 'braces' || declared === '') return false;
  return place.depth === 0 || (constantWord.test(declared) && /^[A-Z][A-Z0-9_]*$/.test(name));
}

/** Adds the literal after a match. @returns where the rest of the line begins, or null when it is no literal */
function add(
  text: string,
  code: string,
  from: number,
  m: RegExpExecArray,
  syntax: Syntax,
  place: Place,
  found: Assigned[],
): number | null {
  const start = from + m[0].length;
  const number = numberAt(code, start, ['julia', 'lua'].includes(syntax.language));
  other.lastIndex = start;
  const literal = number ? null : (other.exec(text)?.[0] ?? null);
  if (!number && literal === null) return null;
  const end = number ? number.end : start + literal!.length;
  tail.lastIndex = end;
  const rest = tail.exec(code);
  if (!rest) return null;
  // `A = 1, 2` is a pair; only a declaration may go on after a comma.
  const comma = code[end + rest[0].length] === ',';
  if (comma && (syntax.kind !== 'braces' || (m[1] ?? '') === '')) return null;
  const raw = number ? number.raw : literal!;
  const type = `${m[1] ?? ''} ${m[3] ?? ''}`;
  const typedInteger = integerType.test(type) && !floatType.test(type);
  found.push({
    name: m[2]!,
    value: number ? number.value : null,
    raw,
    suffix: number?.suffix ?? '',
    start,
    end: start + raw.length,
    line: place.line,
    integer: number !== null && (typedInteger || (number.integer && !floatType.test(type))),
    typedInteger,
    declared: (m[1] ?? '') !== '',
    reassigned: false,
  });
  return end + rest[0].length;
}

function scanJson(
  text: string,
  code: string,
  start: number,
  end: number,
  line: number,
  found: Assigned[],
): void {
  jsonKey.lastIndex = start;
  for (let m = jsonKey.exec(text); m && m.index < end; m = jsonKey.exec(text)) {
    // In a string or comment there is no quote left in the masked text.
    if (code[m.index] !== '"' || code[m.index + 1] !== ' ') continue;
    const at = m.index + m[0].length;
    const number = numberAt(code, at, false);
    if (!number || !/^[ \t]*(?:[,}\]\r\n]|$)/.test(code.slice(number.end, number.end + 20))) continue;
    const { value, raw, integer } = number;
    const base = { name: m[1]!, value, raw, suffix: '', start: at, end: at + raw.length, line, integer };
    found.push({ ...base, typedInteger: false, declared: true, reassigned: false });
  }
}

// A declaration inside a function only hides the name; an assignment without one changes it.
const assignment = /(?:^|[;{])[ \t]*([A-Za-z_]\w*)[ \t]*(?::[^=;]*)?(?:[-+*/%&|^]|\*\*|\/\/|<<|>>)?=(?!=)/g;
const step = /([A-Za-z_]\w*)[ \t]*(?:\+\+|--|(?:[-+*/%]|\*\*|\/\/)=)|(?:\+\+|--)([A-Za-z_]\w*)/g;

// A name that is assigned again, or counted up, is a variable that only starts at that number.
function noteChanges(line: string, changed: Map<string, number>): void {
  const count = (name: string, by: number) => changed.set(name, (changed.get(name) ?? 0) + by);
  for (const m of line.matchAll(assignment)) count(m[1]!, 1);
  for (const m of line.matchAll(step)) count((m[1] ?? m[2])!, 2);
}
