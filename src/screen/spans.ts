/** The semantic colours. Panes and charts name these, only a theme names real colours. */
export const tones = [
  'fg',
  'dim',
  'border',
  'focus',
  'kept',
  'discarded',
  'crashed',
  'live',
  'warn',
  'add',
  'del',
  'addEmph',
  'delEmph',
  'title',
  'accent',
  'band',
] as const;
export type Tone = (typeof tones)[number];

/** A piece of one screen row. `inverse` marks a selection, so that it shows without colour too. */
export interface Span {
  text: string;
  tone: Tone;
  bold?: boolean;
  inverse?: boolean;
}

/** One screen row: never contains a line break, never wider than the place it is drawn in. */
export type Row = Span[];
