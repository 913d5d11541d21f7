import type { ConstantChange } from '../protocol/events.ts';
import { findConstants } from './constants.ts';

/**
 * The named numbers whose value differs between the surface and the changed files, however the edit was stated.
 * Names that a file has more than once are left out: which of them changed could not be said by name.
 */
export function constantChanges(
  surface: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): ConstantChange[] {
  const changes: ConstantChange[] = [];
  for (const [path, text] of files) {
    const before = surface.get(path);
    if (before === undefined) continue;
    const was = singleValues(before, path);
    for (const [name, to] of singleValues(text, path)) {
      const from = was.get(name);
      if (from !== undefined && to !== null && from !== null && from !== to)
        changes.push({ path, name, from, to });
    }
  }
  return changes;
}

function singleValues(text: string, path: string): Map<string, number | null> {
  const values = new Map<string, number | null>();
  for (const { name, value } of findConstants(text.replace(/\r\n/g, '\n'), path)) {
    values.set(name, values.has(name) ? null : value);
  }
  return values;
}
