import type { SettingChange } from '../protocol/setting-changes.ts';
import type { Settings } from '../protocol/settings.ts';

/** One field with its value as text, by its name in pawl.yaml. */
type Fields = Map<string, string>;

/**
 * What pawl.yaml says now that it did not say when the run was started, in the file's order; `holding` is what really
 * holds, the command line's words included.
 */
export function changedSettings(before: Settings, now: Settings, holding: Settings): SettingChange[] {
  const [was, is, holds] = [before, now, holding].map((s) => fieldsOf(s)) as [Fields, Fields, Fields];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return names.flatMap((name): SettingChange[] => {
    const [from, to, force] = [was, is, holds].map((fields) => fields.get(name) ?? usual);
    if (from === to) return [];
    const change = { name, from: from!, to: to! };
    return [force === to ? { ...change, holds: true } : { ...change, holds: false, instead: force! }];
  });
}

const usual = 'not set';

function fieldsOf(settings: Settings): Fields {
  const fields: Fields = new Map();
  const { model, ...rest } = settings;
  const { others = [], ...one } = model;
  const all = { ...rest, model: { ...one, name: others.length > 0 ? [one.name, ...others] : one.name } };
  for (const [key, value] of Object.entries(all)) {
    if (isSection(value)) for (const [sub, v] of Object.entries(value)) put(fields, `${key}.`, sub, v);
    else put(fields, '', key, value);
  }
  return fields;
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('by' in value);

function put(fields: Fields, section: string, key: string, value: unknown): void {
  if (value === null || value === undefined) return;
  const unit = /(Ms|Bytes)$/.exec(key)?.[1];
  const name = key.replace(/(Ms|Bytes)$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  fields.set(section + name, textOf(value, unit));
}

function textOf(value: unknown, unit: string | undefined): string {
  if (unit === 'Ms') return durationText(value as number);
  if (unit === 'Bytes') return `${Number(((value as number) / 2 ** 30).toPrecision(3))} GiB`;
  if (Array.isArray(value)) return `[${value.map((v) => textOf(v, undefined)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    if ('by' in value) {
      const { by, relative } = value as { by: number; relative: boolean };
      return relative ? `${Number((by * 100).toPrecision(6))}%` : String(by);
    }
    const parts = Object.entries(value).filter(([, v]) => v !== null && v !== undefined);
    return `{${parts.map(([key, v]) => `${key}: ${textOf(v, undefined)}`).join(', ')}}`;
  }
  const text = String(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Goals and patterns may be long: enough of them to know them by. */
const longest = 60;

function durationText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
