import { createHash } from 'node:crypto';
import type { ItemResults } from '../protocol/events.ts';
import type { Segment } from './lines.ts';

// Passed or failed, item by item: what makes two pass rates comparable on the same questions. Pure.
//   ITEMS 0110...        one digit an item, always in the same order; starts anew
//   ITEMS 2000: 0110...  goes on at item 2000, where one line is too long for all
//   ITEM name=pass       one item a line, pass or fail; compared by name
// or `items` in the metric's JSON file: a list of 0/1/true/false, or an object of such by name.

/** More items are not compared one by one; a rate over so many says enough. */
export const maxItems = 4096;

const row = /^\s{0,8}ITEMS\s{1,8}(?:(\d{1,6}):\s{0,8})?([01]{1,2048})\s*$/;
const named =
  /^\s{0,8}ITEM\s{1,8}(\S.{0,199}?)\s{0,8}[=:]\s{0,8}(pass(?:ed)?|ok|true|1|fail(?:ed)?|false|0)\s*$/i;
const passes = /^(pass|ok|true|1)/i;

export interface ItemParser {
  push(segments: readonly Segment[]): void;
  /** null: none were printed, too many, or with a hole between them. */
  result(): ItemResults | null;
}

/** Reads what became of single items from the lines of a log. */
export function createItemParser(): ItemParser {
  let digits = '';
  let whole = true;
  const byName = new Map<string, boolean>();
  return {
    push(segments) {
      for (const { text } of segments) {
        if (!text.includes('ITEM')) continue;
        const [, at, more] = row.exec(text) ?? [];
        if (more !== undefined) {
          const from = Number(at ?? 0);
          if (from === 0) whole = true;
          if (from > digits.length || from + more.length > maxItems) whole = false;
          else digits = digits.slice(0, from) + more;
          continue;
        }
        const [, name, said] = named.exec(text) ?? [];
        if (name !== undefined && byName.size <= maxItems) byName.set(name, passes.test(said!));
      }
    },
    result: () => (digits !== '' || !whole ? (whole ? ofDigits(digits) : null) : ofNames(byName)),
  };
}

/** `items` of a JSON file; null when it is nothing of that form. */
export function itemsOfJson(value: unknown): ItemResults | null {
  if (Array.isArray(value)) {
    if (value.length === 0 || value.length > maxItems) return null;
    const read = value.map(passed);
    return read.includes(null) ? null : ofDigits(read.map((p) => (p ? '1' : '0')).join(''));
  }
  if (typeof value !== 'object' || value === null) return null;
  const byName = new Map<string, boolean>();
  for (const [name, said] of Object.entries(value)) {
    const p = passed(said);
    if (p === null) return null;
    byName.set(name.slice(0, 200), p);
  }
  return ofNames(byName);
}

function passed(said: unknown): boolean | null {
  if (said === true || said === 1) return true;
  if (said === false || said === 0) return false;
  return typeof said === 'string' && /^(pass|passed|fail|failed)$/i.test(said) ? passes.test(said) : null;
}

function ofDigits(digits: string): ItemResults | null {
  const bytes = new Uint8Array(Math.ceil(digits.length / 8));
  for (let i = 0; i < digits.length; i++) if (digits[i] === '1') bytes[i >> 3]! |= 1 << (i & 7);
  return digits === '' ? null : { count: digits.length, passed: Buffer.from(bytes).toString('base64') };
}

/** In the order of their names, so that it does not matter which item ended first. */
function ofNames(byName: ReadonlyMap<string, boolean>): ItemResults | null {
  if (byName.size === 0 || byName.size > maxItems) return null;
  const names = [...byName.keys()].sort();
  const results = ofDigits(names.map((name) => (byName.get(name) ? '1' : '0')).join(''))!;
  return { ...results, names: createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16) };
}
