import { clean, isUnsafe } from '../../protocol/clean.ts';
import type { Row } from '../spans.ts';
import { toAscii } from './ascii.ts';

// Signs that one ASCII character would make ambiguous: a sigma is no `s`, an ellipsis no full stop. They take two.
const wideTwins: Readonly<Record<string, string>> = {
  σ: 'sd',
  '…': '..',
  '±': '+-',
  '→': '->',
  '≤': '<=',
  '≥': '>=',
};
const anyWide = /[σ…±→≤≥]/;
const box = /^[\u2500-\u257f]$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

interface Cell {
  text: string;
  span: number;
  /** What can be taken away beside another one like it. */
  filler: ' ' | 'box' | null;
  /** The sign it stood for, where its twin takes two columns. */
  wide: string | null;
}

/**
 * The row in ASCII, of the same width. A twin of two characters takes its room from the blanks or the border next to
 * it, an ellipsis without blanks behind it from the letter before it; where there is no room, the sign keeps its narrow twin.
 */
export function asciiRow(row: Row): Row {
  if (!row.some(({ text }) => anyWide.test(text)))
    return row.map((span) => ({ ...span, text: toAscii(safe(span.text)) }));
  const cells = row.flatMap(({ text }, span) => cellsOf(safe(text), span));
  for (let i = 0; i < cells.length; i++) {
    const { wide } = cells[i]!;
    if (wide === null) continue;
    const padded = cells[i + 1]?.filler === ' ' && cells[i + 2]?.filler === ' ';
    const gone = wide === '…' && !padded && gives(cells, i) ? i - 1 : roomFor(cells, i);
    if (gone < 0) {
      cells[i] = { ...cells[i]!, text: toAscii(wide), wide: null };
      continue;
    }
    cells.splice(gone, 1);
    if (gone < i) i -= 1;
  }
  const texts = row.map(() => '');
  for (const { text, span } of cells) texts[span] += text;
  return row.map((span, i) => ({ ...span, text: texts[i]! }));
}

const safe = (text: string) => (isUnsafe(text) ? clean(text) : text);

function cellsOf(text: string, span: number): Cell[] {
  return Array.from(graphemes.segment(text), ({ segment }) => {
    const twin = wideTwins[segment];
    if (twin !== undefined) return { text: twin, span, filler: null, wide: segment };
    const filler = segment === ' ' ? ' ' : box.test(segment) ? 'box' : null;
    return { text: toAscii(segment), span, filler, wide: null };
  });
}

// The letter before an ellipsis: of the same text, and no sign of its own.
function gives(cells: Cell[], i: number): boolean {
  const before = cells[i - 1];
  return (
    before !== undefined && before.span === cells[i]!.span && before.wide === null && before.text.length === 1
  );
}

/** Where the second character of a twin goes. A `±` has one meaning in all rows: it takes the only blank before it, too. */
function roomFor(cells: Cell[], i: number): number {
  const near = nearestFiller(cells, i);
  return near < 0 && cells[i]!.wide === '±' && cells[i - 1]?.filler === ' ' ? i - 1 : near;
}

/** The place of the nearest of two blanks or two pieces of border, after the sign or else before it; -1 = none. */
function nearestFiller(cells: Cell[], from: number): number {
  const twice = (i: number) =>
    cells[i]!.filler !== null &&
    cells[i]!.filler === cells[i + 1]?.filler &&
    cells[i]!.text === cells[i + 1]!.text;
  for (let i = from + 1; i < cells.length - 1; i++) if (twice(i)) return i;
  for (let i = from - 2; i >= 0; i--) if (twice(i)) return i;
  return -1;
}
