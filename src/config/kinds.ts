import { z } from 'zod';
import { noDuration, parseDuration } from './durations.ts';
import { parseSize } from './sizes.ts';

// The kinds of values that fields of pawl.yaml have.

/** `90s`, `5m`, `1h30m`, in ms. */
export const duration = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const ms = parseDuration(value);
  if (ms === null) {
    ctx.addIssue({ code: 'custom', message: noDuration(value) });
    return z.NEVER;
  }
  return ms;
});

/** `500MB`, `20GB`, in bytes. */
export const size = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const bytes = parseSize(value);
  if (bytes !== null) return bytes;
  ctx.addIssue({ code: 'custom', message: `'${value}' is not a size; write for example 500MB or 20GB` });
  return z.NEVER;
});

/** `5%` is relative, `0.01` is absolute. */
export const amount = z.union([z.string(), z.number()]).transform((value, ctx) => {
  const text = String(value).trim();
  const relative = text.endsWith('%');
  const number = Number(relative ? text.slice(0, -1) : text);
  if (!Number.isFinite(number) || number < 0 || text === '' || text === '%') {
    ctx.addIssue({ code: 'custom', message: `'${value}' is not an amount; write for example 1% or 0.002` });
    return z.NEVER;
  }
  return { by: relative ? number / 100 : number, relative };
});

/** One text, or several. */
export const list = z
  .union([z.string().min(1), z.array(z.string().min(1))])
  .transform((v) => (Array.isArray(v) ? v : [v]));

/** A regular expression that compiles. */
export const regex = z.string().superRefine((text, ctx) => {
  try {
    new RegExp(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `is not a regular expression: ${(error as Error).message}` });
  }
});

/** One model, or several that are asked by turns. */
export const models = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .superRefine((names, ctx) => {
    if (!Array.isArray(names)) return;
    for (const [i, name] of names.entries()) {
      const first = names.findIndex((other) => fullName(other) === fullName(name));
      if (first < i)
        ctx.addIssue({
          code: 'custom',
          path: [i],
          message: `'${name}' is listed twice; name each model once`,
        });
      if (name === 'auto' && names.length > 1)
        ctx.addIssue({
          code: 'custom',
          path: [i],
          message: "'auto' stands alone: name the models that are to take turns",
        });
    }
  });

/** `llama3` is `llama3:latest`. */
const fullName = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
