import type { PointKind } from './experiment-point.ts';

/** Which characters a chart may use: `ascii` is for terminals and fonts without box drawing and braille. */
export type GlyphSet = 'unicode' | 'ascii';

/** One character for every part of a chart. Shape alone tells the kinds apart: colour may be missing. */
export interface ChartGlyphs {
  marks: Readonly<Record<PointKind, string>>;
  /** One, a few, and many discarded points in the same cell. */
  density: readonly [string, string, string];
  horizontal: string;
  vertical: string;
  /** Where the best line leaves its old level downwards, upwards, and where it reaches the new one. */
  leaveDown: string;
  leaveUp: string;
  arriveDown: string;
  arriveUp: string;
  above: string;
  below: string;
  band: string;
  limit: string;
  guide: string;
  tick: string;
  axis: string;
  ellipsis: string;
}

const unicode: ChartGlyphs = {
  // As in lists (verdictLook): one shape means one thing.
  marks: {
    baseline: '◆',
    kept: '●',
    reverted: '↺',
    'near-miss': '○',
    discarded: '·',
    crashed: '×',
    'timed-out': '◔',
    rejected: '∅',
    skipped: '~',
    live: '▸',
  },
  density: ['·', ':', '∴'],
  horizontal: '─',
  vertical: '│',
  leaveDown: '┐',
  leaveUp: '┘',
  arriveDown: '└',
  arriveUp: '┌',
  above: '˄',
  below: '˅',
  band: '░',
  limit: '╌',
  guide: '┊',
  tick: '┤',
  axis: '│',
  ellipsis: '…',
};

const ascii: ChartGlyphs = {
  marks: {
    baseline: '#',
    kept: 'O',
    reverted: 'r',
    'near-miss': 'o',
    discarded: '.',
    crashed: 'x',
    'timed-out': 't',
    rejected: '/',
    skipped: '~',
    live: '>',
  },
  density: ['.', ':', ';'],
  horizontal: '-',
  vertical: '|',
  leaveDown: '+',
  leaveUp: '+',
  arriveDown: '+',
  arriveUp: '+',
  above: '^',
  below: 'v',
  band: "'",
  limit: '_',
  guide: ':',
  tick: '+',
  axis: '|',
  ellipsis: '.',
};

/** The characters of a set. */
export const chartGlyphs: Readonly<Record<GlyphSet, ChartGlyphs>> = { unicode, ascii };

/** Text that the set can show: in ASCII an arrow becomes `>` and anything else unknown a `?`. */
export function drawable(text: string, set: GlyphSet): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]+/gu, ' ');
  return set === 'unicode' ? plain : plain.replace(/[→⇒]/g, '>').replace(/[^ -~]/gu, '?');
}
