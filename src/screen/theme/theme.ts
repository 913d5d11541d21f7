import { z } from 'zod';
import { type Tone, tones } from '../spans.ts';

export const ansiNames = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'gray',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

/** `default` leaves the terminal's own colour. */
const colorSchema = z.union([
  z.literal('default'),
  z.enum(ansiNames),
  z.number().int().min(0).max(255),
  z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected an ANSI colour name, 0-255 or #rrggbb'),
]);
export type Color = z.infer<typeof colorSchema>;

const styleSchema = z.strictObject({
  fg: colorSchema.optional(),
  bg: colorSchema.optional(),
  bold: z.boolean().optional(),
  dim: z.boolean().optional(),
  inverse: z.boolean().optional(),
  underline: z.boolean().optional(),
});
export type Style = z.infer<typeof styleSchema>;

const themeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string(),
  about: z.string().optional(),
  tokens: z.record(z.enum(tones), z.union([colorSchema, styleSchema])),
});

/** Every tone as a style; what a theme file becomes. */
export interface Theme {
  name: string;
  tokens: Record<Tone, Style>;
}

/**
 * Reads a theme file's content.
 * @throws Error naming the token that is missing or wrong.
 */
export function parseTheme(value: unknown): Theme {
  const parsed = themeSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`theme: ${issue.path.map(String).join('.')}: ${issue.message}`);
  }
  const tokens = Object.fromEntries(
    Object.entries(parsed.data.tokens).map(([tone, style]) => [
      tone,
      typeof style === 'object' ? style : { fg: style },
    ]),
  ) as Record<Tone, Style>;
  return { name: parsed.data.name, tokens };
}
