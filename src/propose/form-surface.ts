import { findConstants } from './constants.ts';
import type { FormSurface } from './reply-form.ts';

/** How large the surface is, as far as the form of replies depends on it. */
export function surfaceSize(surface: ReadonlyMap<string, string>): FormSurface {
  const texts = [...surface].map(([path, raw]) => [path, raw.replace(/\r\n/g, '\n')] as const);
  return {
    files: texts.length,
    lines: texts.reduce((sum, [, text]) => sum + text.split('\n').length, 0),
    constants: texts.reduce((sum, [path, text]) => sum + findConstants(text, path).length, 0),
  };
}
