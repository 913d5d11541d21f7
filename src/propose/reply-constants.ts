import { plainLine } from './reply-marks.ts';

// `SET NAME = value` and bare `NAME = value` lines of a reply.

export interface SetLine {
  path: string | null;
  name: string;
  value: string;
}

const set =
  /^\s*(?:[-*>]\s+|\d+[.)]\s+)?[`*]*SET[`*]*\s*:?\s+[`*]*(?:([\w./-]+\.\w+)\s*:?\s+)?([A-Za-z_][\w.]*)[`*]*\s*(?::=|=|:|\s+to\s)\s*(\S.*)$/;
// No bullet before a bare constant: `- NAME = 1` may be the removed line of a diff.
const bare = /^\s*[`*]*([A-Za-z_][\w.]*)[`*]*(?:\s*:\s*[A-Za-z_][\w[\]]*)?\s*:?=(?!=)\s*(\S.*)$/;
const number = /^[-+]?(?:0[xX][\da-fA-F]+|(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][-+]?\d+)?)$/;
const literal = /^(?:true|false|null|none|"[^"]*"|'[^']*')$/i;
const product = /^[\d\s.eE_+*/()-]+$/;

/** `SET NAME = value`, `SET path NAME = value`; null when the line is something else. */
export function parseSetLine(raw: string): SetLine | null {
  if (raw.length > 500) return null;
  const m = set.exec(plainLine(raw));
  if (!m) return null;
  const value = literalValue(m[3]!);
  return value === null ? null : { path: m[1] ?? null, name: m[2]!, value };
}

/** A line that is nothing but `NAME = literal`. */
export function parseBareConstant(raw: string): { name: string; value: string } | null {
  if (raw.length > 500) return null;
  const m = bare.exec(plainLine(raw));
  if (!m) return null;
  const value = literalValue(m[2]!);
  return value === null ? null : { name: m[1]!, value };
}

/** The literal at the start of `text` without comment, remark and decoration; `0.1 -> 0.2` means 0.2. */
function literalValue(text: string): string | null {
  let value = text.trim();
  if (!/^["']/.test(value)) value = value.replace(/\s*(?:#|\/\/|\s\().*$/, '');
  value = value.replace(/[`*;,\s]+$/, '').replace(/^[`*]+/, '');
  const arrow = /^(.*?)\s*(?:->|=>|→)\s*(.+)$/.exec(value);
  if (arrow) value = arrow[2]!.trim();
  if (number.test(value) || literal.test(value)) return value;
  // `2 ** 18` and `64 * 2`: the language of the file evaluates it.
  return value.length <= 40 && product.test(value) && /\d/.test(value) ? value : null;
}
