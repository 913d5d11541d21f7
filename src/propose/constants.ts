// Named constants of a source file: found and set without a parser for the language.

import { numberOf } from './constants-number.ts';
import { type Assigned, scanConstants } from './constants-scan.ts';

/** A named number at the top level of a file. */
export interface FoundConstant {
  name: string;
  value: number;
  /** The number as written, suffix such as `f` or `L` not included. */
  raw: string;
  /** 1-based. */
  line: number;
  /** Offsets of `raw` in the text. */
  start: number;
  end: number;
  /** Written as a whole number (or declared with an integer type). */
  integer: boolean;
}

export type SetConstantResult =
  | { ok: true; text: string; from: string }
  /** candidates: names that the file does have and that look like the one asked for. */
  | { ok: false; why: string; candidates: string[] };

const maxCandidates = 5;

/**
 * Finds the named numbers of a file: `NAME = 3e-4` in most languages, `#define NAME 3`, keys of YAML, TOML and JSON.
 * Products, powers and shifts of numbers (`2**16`) count as one number. Left out: hex, strings, comments, anything
 * not at the top level, and names that the file assigns again (counters). `path` says which language it is;
 * without it the text decides.
 */
export function findConstants(text: string, path?: string): FoundConstant[] {
  return scanConstants(text, path)
    .filter((c) => c.value !== null && !c.reassigned)
    .map(({ name, value, raw, line, start, end, integer }) => ({
      name,
      value: value!,
      raw,
      line,
      start,
      end,
      integer,
    }));
}

/**
 * Sets a named constant, changing nothing else of the text: comments, alignment and suffixes stay.
 * Numbers take numbers and simple expressions; strings, booleans and lists of numbers take their like.
 * A whole number put where a float stood gets `.0`, because some languages would refuse it.
 */
export function setConstant(text: string, name: string, value: string, path?: string): SetConstantResult {
  const all = scanConstants(text, path);
  const hits = all.filter((c) => c.name === name);
  const [hit] = hits;
  const refuse = (why: string, candidates: string[] = []): SetConstantResult => ({
    ok: false,
    why,
    candidates,
  });
  if (!hit) return refuse(`no constant named ${name}`, nearNames(name, all));
  if (hits.length > 1)
    return refuse(`${name} is there ${hits.length} times (lines ${hits.map((h) => h.line).join(', ')})`, [
      name,
    ]);
  const written = writtenAs(hit, value.trim());
  if (!written.ok) return refuse(`${name} is ${hit.raw}: ${written.why}`, [name]);
  return { ok: true, text: text.slice(0, hit.start) + written.value + text.slice(hit.end), from: hit.raw };
}

type Written = { ok: true; value: string } | { ok: false; why: string };

function writtenAs(hit: Assigned, value: string): Written {
  if (hit.value === null) return otherLiteral(hit.raw, value);
  if (!isNumeric(value)) return { ok: false, why: `${shortened(value)} is not a number` };
  const number = numberOf(value);
  if (hit.typedInteger && number && !Number.isInteger(number.value))
    return { ok: false, why: `its type takes whole numbers only, not ${value}` };
  // A suffix that the new value brings along is already there.
  const bare = number && number.suffix !== '' && hit.suffix !== '' ? number.raw : value;
  const wasFloat = /[.eE]/.test(hit.raw) || /^[fF]$/.test(hit.suffix);
  return { ok: true, value: wasFloat && /^[-+]?[\d_]+$/.test(bare) ? `${bare}.0` : bare };
}

// Digits, operators and brackets only, in balance: nothing that could end the line or call something.
function isNumeric(value: string): boolean {
  if (numberOf(value)) return true;
  if (/^[-+]?0[xX][\da-fA-F]+$/.test(value)) return true;
  if (!/^[\d .eE_+*/()-]+$/.test(value) || /\/\/|\/\*|--/.test(value)) return false;
  if (!/^[-+(]*\.?\d/.test(value) || !/[\d.)]$/.test(value)) return false;
  return value.split('(').length === value.split(')').length;
}

function otherLiteral(old: string, value: string): Written {
  const boolean = /^(?:true|false)$/i;
  if (boolean.test(old) && boolean.test(value)) {
    const word = value.toLowerCase();
    return { ok: true, value: /^[A-Z]/.test(old) ? word[0]!.toUpperCase() + word.slice(1) : word };
  }
  const string = /^(?:"[^"\\\n]*"|'[^'\\\n]*')$/;
  const list = /^[[(][ \t\d.,eE_+-]*[\])]$/;
  const nothing = /^(?:None|null|nil)$/;
  if (string.test(old) && string.test(value)) return { ok: true, value };
  if (list.test(old) && list.test(value) && old[0] === value[0]) return { ok: true, value };
  if (nothing.test(old) && (isNumeric(value) || string.test(value))) return { ok: true, value };
  return { ok: false, why: `${shortened(value)} is of another kind` };
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}...` : value;
}

/** Names that look like the one asked for, the most alike first. */
function nearNames(name: string, all: readonly Assigned[]): string[] {
  const wanted = plain(name);
  return [...new Set(all.map((c) => c.name))]
    .map((candidate) => ({ candidate, distance: distance(wanted, plain(candidate)) }))
    .filter(({ distance: d }) => d <= 0.5)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, maxCandidates)
    .map(({ candidate }) => candidate);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** 0 = the same, 1 = nothing in common: Levenshtein's distance by length; a part of the other name is near. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length >= 2 && b.length >= 2 && (a.includes(b) || b.includes(a))) return 0.3;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]! / Math.max(a.length, b.length, 1);
}
