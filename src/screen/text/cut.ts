import stringWidth from 'string-width';

const ascii = /^[ -~]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Terminal columns that the text takes. */
export function width(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** The text in at most `columns` columns; an ellipsis says that something is missing. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (ascii.test(text)) return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
  if (text.length <= columns && width(text) <= columns) return text;
  const head = takeColumns(text, columns);
  if (head.length === text.length) return text;
  return `${takeColumns(text, columns - 1)}…`;
}

/** As `cut`, but where a whole clause fits that says something by itself, only it is left. */
export function cutAtClause(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const head = takeColumns(text, columns + 1);
  const end = Math.max(...[': ', '; ', '. '].map((mark) => head.lastIndexOf(mark)));
  return end >= columns / 2 ? text.slice(0, end) : cut(text, columns);
}

/** Less of a text than this says nothing. */
const leastPart = 8;

/** Of parts with dots between them, as many from the left as fit; the first is cut where enough of it is left. */
export function cutParts(text: string, columns: number): string {
  const parts = text.split(' · ');
  while (parts.length > 1 && width(parts.join(' · ')) > columns) parts.pop();
  const left = parts.join(' · ');
  return width(left) <= columns || columns >= leastPart ? cut(left, columns) : '';
}

/** As `cut`, but the end is what matters (paths, live lines): the ellipsis stands in front. */
export function cutStart(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (width(text) <= columns) return text;
  if (ascii.test(text)) return `…${text.slice(text.length - columns + 1)}`;
  const all = [...graphemes.segment(text)].map((g) => g.segment);
  let used = 1;
  let at = all.length;
  while (at > 0 && used + width(all[at - 1]!) <= columns) used += width(all[--at]!);
  return `…${all.slice(at).join('')}`;
}

/** The longest start of the text that fits, without an ellipsis. */
export function takeColumns(text: string, columns: number): string {
  if (ascii.test(text)) return text.slice(0, Math.max(0, columns));
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const w = width(segment);
    if (used + w > columns) break;
    used += w;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** The text without its first columns; a wide character cut in two leaves a blank. */
export function dropColumns(text: string, columns: number): string {
  if (columns <= 0) return text;
  if (ascii.test(text)) return text.slice(columns);
  let used = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (used >= columns) return ' '.repeat(used - columns) + text.slice(index);
    used += width(segment);
  }
  return ' '.repeat(Math.max(0, used - columns));
}

/** Cut or filled with blanks to exactly `columns`, the text at the left. */
export function alignLeft(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + ' '.repeat(Math.max(0, columns - width(short)));
}

/** Cut or filled with blanks to exactly `columns`, the text at the right. */
export function alignRight(text: string, columns: number): string {
  const short = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - width(short))) + short;
}
