import { keyOf } from '../../keys/bindings.ts';
import { type KeyLine, keyLines } from '../../keys/keys-doc.ts';
import { activePane } from '../../layout.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { alignLeft, width } from '../../text/cut.ts';
import { wrapLine } from '../../text/wrap.ts';
import type { Overlay } from '../../view.ts';
import { windowed } from '../content.ts';
import { overlayFrame } from '../frame.ts';
import { columnsIn, type OverlayBox, place } from './overlay-box.ts';

/** All keys, those of the focused pane first, or those that fit the filter. */
export function helpBox(help: Extract<Overlay, { kind: 'help' }>, snapshot: Snapshot): OverlayBox {
  const { size } = snapshot;
  const columns = columnsIn(100, size);
  const filter = help.filter ?? '';
  const lines: Row[] = [];
  if (help.typing || filter !== '')
    lines.push([
      { text: '/ ', tone: 'accent', bold: true },
      { text: filter, tone: 'fg' },
      { text: help.typing ? ' ' : '', tone: 'fg', inverse: true },
    ]);
  const found = keyLines(undefined, activePane(snapshot))
    .map(({ category, lines: keys }) => ({ category, keys: keys.filter((line) => fits(line, filter)) }))
    .filter(({ keys }) => keys.length > 0);
  for (const { category, keys } of found) {
    if (lines.length > 0) lines.push([]);
    lines.push([{ text: category, tone: 'title', bold: true }]);
    for (const line of keys) lines.push(...keyRows(line, columns));
  }
  if (found.length === 0) lines.push([], [{ text: 'No key does that.', tone: 'dim' }]);
  if (filter === '') {
    lines.push([]);
    for (const text of wrapLine(closing(), columns)) lines.push([{ text, tone: 'dim' }]);
  }
  const rect = place(columns + 4, lines.length + 2, size);
  const { rows, most } = windowed(lines, help.scroll, rect.height - 2);
  const seen =
    most > 0 ? `${Math.min(help.scroll, most) + rect.height - 2} of ${lines.length}, j k scroll, ` : '';
  const aside = help.typing ? 'Enter keeps, Esc clears' : `${seen}/ filters`;
  return { rect, rows: overlayFrame('Keys', aside, rows, rect), most, page: rect.height - 2 };
}

/** Most keys are a letter: what they do is what is read, and gets the room. */
const chordColumns = 9;

/** A key and what it does; keys that are wider push their text aside, or stand over it. */
function keyRows({ keys, about }: KeyLine, columns: number): Row[] {
  const left = Math.max(chordColumns, width(keys)) + 2;
  const inline = width(about) <= columns - left || left === chordColumns + 2;
  const texts = wrapLine(about, columns - (inline ? left : chordColumns + 2));
  return [...(inline ? [] : ['']), ...texts].map((text, i) => [
    { text: alignLeft(i === 0 ? keys : '', inline || i === 0 ? left : chordColumns + 2), tone: 'accent' },
    { text, tone: 'fg' },
  ]);
}

const closing = () =>
  `Nothing here can hurt your files: the run works in its own worktree. ${keyOf('palette')} finds any act by its name; your own keys: pawl keys.`;

function fits({ keys, about, names }: KeyLine, filter: string): boolean {
  const text = `${keys} ${about} ${names}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
