import { z } from 'zod';
import { type Tone, tones } from '../spans.ts';

/** The sixteen colours that a terminal gives names to, in their order. */
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

const hexSchema = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected an ANSI colour name, 0-255 or #rrggbb');

/** `default` leaves the terminal's own colour. */
const colorSchema = z.union([
  z.literal('default'),
  z.enum(ansiNames),
  z.number().int().min(0).max(255),
  hexSchema,
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

/** What each token is for; shown by editors that know the schema. */
const meanings: Record<Tone, string> = {
  fg: 'Ordinary text.',
  dim: 'Labels, times and whatever may be overlooked.',
  border: 'Frames of panes without focus, rules, empty parts of gauges.',
  focus: 'Frame and title of the pane that has the keys.',
  kept: 'A change that was kept; the best line.',
  discarded: 'A change that was measured and discarded.',
  crashed: 'A trial that crashed or timed out; errors.',
  live: 'What runs now.',
  warn: 'Needs attention; questions.',
  add: 'Added lines of a diff.',
  del: 'Removed lines of a diff.',
  addEmph: 'Words within an added line that are new.',
  delEmph: 'Words within a removed line that went.',
  title: 'Headings and names of panes.',
  accent: 'Keys, the baseline, other highlights.',
  band: 'The noise band of the progress chart.',
};

const tokenSchema = (tone: Tone) => z.union([colorSchema, styleSchema]).optional().describe(meanings[tone]);

/** A theme file. A token is a colour, or a style with weight and background. */
export const themeFileSchema = z.strictObject({
  $schema: z.string().optional().describe('The schema of theme files, for editors.'),
  name: z.string().optional().describe('Name of the theme; else the name of its file.'),
  about: z.string().optional().describe('One sentence about it.'),
  extends: z
    .string()
    .optional()
    .describe('A built-in theme that gives what is not named here; without it every token must be named.'),
  onLight: z
    .string()
    .optional()
    .describe('The built-in theme to use in its place when the terminal says that its background is light.'),
  assumes: z
    .strictObject({ background: hexSchema, foreground: hexSchema })
    .optional()
    .describe('The terminal colours that it was made for; contrast is measured against them.'),
  tokens: z
    .strictObject(
      Object.fromEntries(tones.map((tone) => [tone, tokenSchema(tone)])) as Record<
        Tone,
        ReturnType<typeof tokenSchema>
      >,
    )
    .describe('What each kind of text looks like.'),
});

/** Every tone as a style; what a theme file becomes. */
export interface Theme {
  name: string;
  tokens: Record<Tone, Style>;
  /** Name of the theme that takes its place on a light background. */
  onLight: string | null;
  /** What it was made for; contrast is measured against it. */
  assumes: { background: string; foreground: string } | null;
}

/** A mistake in a theme file: where in its JSON, and what is wrong. */
export class ThemeMistake extends Error {
  override name = 'ThemeMistake';
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], what: string) {
    super(`theme: ${path.map(String).join('.') || 'file'}: ${what}`);
    this.path = path;
  }
}

/**
 * Reads a theme file's content.
 * @param base gives the tokens of the theme that the file extends
 * @throws ThemeMistake naming the token that is missing or wrong.
 */
export function parseTheme(
  value: unknown,
  name = 'theme',
  base: (name: string) => Theme | null = () => null,
): Theme {
  const parsed = themeFileSchema.safeParse(value);
  if (!parsed.success) throw mistakeOf(parsed.error.issues[0]!);
  const file = parsed.data;
  const under = file.extends === undefined ? null : base(file.extends);
  if (file.extends !== undefined && under === null)
    throw new ThemeMistake(['extends'], `there is no built-in theme '${file.extends}'`);
  const tokens = Object.fromEntries(
    tones.map((tone) => {
      const style = file.tokens[tone];
      if (style === undefined) {
        if (under) return [tone, under.tokens[tone]];
        throw new ThemeMistake(['tokens', tone], 'missing; name it, or say which theme this one `extends`');
      }
      return [tone, typeof style === 'object' ? style : { fg: style }];
    }),
  ) as Record<Tone, Style>;
  return {
    name: file.name ?? name,
    tokens,
    onLight: file.onLight ?? null,
    assumes: file.assumes ?? under?.assumes ?? null,
  };
}

function mistakeOf(issue: z.core.$ZodIssue): ThemeMistake {
  if (issue.code === 'unrecognized_keys')
    return new ThemeMistake([...issue.path, issue.keys[0]!], 'there is no such key');
  const isToken = issue.path[0] === 'tokens' && issue.path.length >= 2;
  return new ThemeMistake(
    issue.path,
    isToken
      ? 'expected an ANSI colour name (such as brightGreen), 0-255, #rrggbb, or {"fg": ..., "bold": true}'
      : issue.message,
  );
}
