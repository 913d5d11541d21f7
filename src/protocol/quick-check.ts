import type { z } from 'zod';

/** True only when the schema accepts the value as it is; false says nothing, and the schema itself has to look. */
export type QuickCheck = (value: unknown) => boolean;

/** What of a schema's definition is read here; zod keeps it for programs that walk through schemas. */
interface Definition {
  type: string;
  checks?: { _zod: { def: { check: string; format?: string; value?: number; inclusive?: boolean } } }[];
  shape?: Record<string, z.ZodType>;
  catchall?: unknown;
  coerce?: boolean;
  innerType?: z.ZodType;
  element?: z.ZodType;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
  entries?: Record<string, unknown>;
  values?: unknown[];
}

/**
 * A check made from a schema that costs a tenth of it, for the tens of thousands of lines of a long journal: it makes no
 * copies and no messages. What it does not understand, and whatever is not exactly as the schema says (also a key too
 * many, which the schema would drop), it leaves to the schema.
 */
export function quickCheck(schema: z.ZodType): QuickCheck {
  const def = schema._zod.def as unknown as Definition;
  if (def.coerce) return never;
  switch (def.type) {
    case 'string':
      return def.checks?.length ? never : (value) => typeof value === 'string';
    case 'boolean':
      return def.checks?.length ? never : (value) => typeof value === 'boolean';
    case 'number':
      return numberCheck(def);
    case 'enum':
      return oneOf(Object.values(def.entries!));
    case 'literal':
      return oneOf(def.values!);
    case 'nullable': {
      const inner = quickCheck(def.innerType!);
      return (value) => value === null || inner(value);
    }
    // A key that is there without a value does not come out of JSON; objects below know what may be missing.
    case 'optional':
      return quickCheck(def.innerType!);
    case 'array':
      return def.checks?.length ? never : arrayCheck(quickCheck(def.element!));
    case 'record':
      return def.checks?.length || !isPlain(def.keyType!, 'string')
        ? never
        : recordCheck(quickCheck(def.valueType!));
    case 'object':
      return def.checks?.length || def.catchall ? never : objectCheck(def.shape!);
    default:
      return never;
  }
}

const never: QuickCheck = () => false;

function isPlain(schema: z.ZodType, type: string): boolean {
  const def = schema._zod.def as unknown as Definition;
  return def.type === type && !def.checks?.length && !def.coerce;
}

function oneOf(values: readonly unknown[]): QuickCheck {
  const all = new Set(values);
  return (value) => all.has(value);
}

function numberCheck(def: Definition): QuickCheck {
  let whole = false;
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (const { _zod } of def.checks ?? []) {
    const { check, format, value, inclusive } = _zod.def;
    if (check === 'number_format' && format === 'safeint') whole = true;
    else if (check === 'greater_than' && inclusive) least = Math.max(least, value!);
    else if (check === 'less_than' && inclusive) most = Math.min(most, value!);
    else return never;
  }
  return (value) =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    value >= least &&
    value <= most &&
    (!whole || Number.isSafeInteger(value));
}

function arrayCheck(element: QuickCheck): QuickCheck {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (const one of value) if (!element(one)) return false;
    return true;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function recordCheck(entry: QuickCheck): QuickCheck {
  return (value) => {
    if (!isObject(value)) return false;
    for (const key in value) if (key === '__proto__' || !entry(value[key])) return false;
    return true;
  };
}

function objectCheck(shape: Record<string, z.ZodType>): QuickCheck {
  const fields = Object.entries(shape).map(([key, schema]) => ({
    key,
    check: quickCheck(schema),
    optional: (schema._zod.def as unknown as Definition).type === 'optional',
  }));
  return (value) => {
    if (!isObject(value)) return false;
    let known = 0;
    for (const { key, check, optional } of fields) {
      const field = value[key];
      if (field === undefined && optional) continue;
      if (!check(field)) return false;
      known += 1;
    }
    let all = 0;
    for (const _ in value) all += 1;
    return all === known;
  };
}
