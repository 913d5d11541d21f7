import { findConstants } from './constants.ts';
import { numberOf } from './constants-number.ts';
import { plainLine } from './reply-marks.ts';

// `SET NAME = value` and bare `NAME = value` lines of a reply.

export interface SetLine {
  path: string | null;
  name: string;
  value: string;
  /** The value that the reply says it has now; null when it says nothing. */
  from: string | null;
}

const set =
  /^\s*(?:[-*>]\s+|\d+[.)]\s+)?[`*]*SET[`*]*\s*:?\s+[`*]*(?:([\w./-]+\.\w+)\s*:?\s+)?(?:(?:const|let|var|final|static)\s+)?["']?([A-Za-z_][\w.]*)["']?[`*]*\s*(?::=|=|:|\s+to\s|(?=\sfrom\s))\s*(\S.*)$/;
// No bullet before a bare constant: `- NAME = 1` may be the removed line of a diff.
const bare =
  /^\s*[`*]*(?:(?:const|let|var)\s+)?([A-Za-z_][\w.]*)[`*]*(?:\s*:\s*[A-Za-z_][\w[\]]*)?\s*:?=(?!=)\s*(\S.*)$/;
const arrowed = /^\s*[`*]*([A-Za-z_]\w*)[`*]*\s*:\s*([^\s:=].*?(?:->|→).*)$/;
const number = /^[-+]?(?:0[xX][\da-fA-F]+|(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][-+]?\d+)?)$/;
const literal = /^(?:true|false|null|none|"[^"]*"|'[^']*')$/i;
const list = /^[[(][ \t\d.,eE_+-]*[\])]$/;
const product = /^[\d\s.eE_+*/()-]+$/;

/** `SET NAME = value`, `SET path NAME = value`; null when the line is something else. */
export function parseSetLine(raw: string): SetLine | null {
  if (raw.length > 500) return null;
  const m = set.exec(plainLine(raw));
  if (!m) return null;
  const value = literalValue(m[3]!);
  return value === null ? null : { path: m[1] ?? null, name: m[2]!, ...value };
}

/** A line that begins with SET and a name, whatever comes then: meant as a change of that constant. */
export function unreadSetLine(raw: string): string | null {
  if (raw.length > 500) return null;
  const line = plainLine(raw);
  const name = set.exec(line)?.[2] ?? /^\s*[`*]*SET[`*]*:?\s+(?:const\s+)?([A-Z][A-Z\d_]*)\b/.exec(line)?.[1];
  return name ?? null;
}

/** A line that is nothing but `NAME = literal`. */
export function parseBareConstant(raw: string): Omit<SetLine, 'path'> | null {
  if (raw.length > 500) return null;
  const line = plainLine(raw);
  const m = arrowed.exec(line) ?? bare.exec(line);
  if (!m) return null;
  const value = literalValue(m[2]!);
  return value === null ? null : { name: m[1]!, ...value };
}

/** The literal at the start of `text` without comment, remark and decoration; `0.1 -> 0.2` means 0.2. */
function literalValue(text: string): { value: string; from: string | null } | null {
  let value = text.trim();
  if (!/^["']/.test(value)) value = value.replace(/\s*(?:#|\/\/|\s\().*$/, '');
  value = value.replace(/[`*;,\s]+$/, '').replace(/^[`*]+/, '');
  const change = /^(?:from\s+)?(.*?)\s*(?:->|=>|→|\bto\b)\s*(.+)$/.exec(value);
  let from: string | null = null;
  if (change && !/^["'[(]/.test(value)) {
    from = change[1]!.trim() || null;
    value = change[2]!.trim();
  }
  if (number.test(value) || literal.test(value) || list.test(value)) return { value, from };
  // `2 ** 18` and `64 * 2`: the language of the file evaluates it. With a minus it may be a range: `0.02-0.03`.
  const range = /[\d.)\s]\s*-/.test(value.replace(/[eE]-/g, 'e'));
  return value.length <= 40 && product.test(value) && /\d/.test(value) && !range ? { value, from } : null;
}

/**
 * What is wrong with `0.08 -> 0.02` where the files say 0.04: the model believes another state of them. null when they
 * agree, or nothing is said of the value now.
 */
export function staleValue(
  { name, from }: { name: string; from: string | null },
  files: readonly (readonly [path: string, code: string])[],
): string | null {
  if (from === null) return null;
  const said = numberOf(from)?.value;
  const real = files
    .flatMap(([path, code]) => findConstants(code.replace(/\r\n/g, '\n'), path))
    .filter((c) => c.name === name);
  if (said === undefined || real.length === 0 || real.some((c) => c.value === said)) return null;
  return `${name} is ${real[0]!.raw} now, not ${from}`;
}
