import { paletteItems } from '../../keys/palette.ts';
import type { Row } from '../../spans.ts';
import type { Snapshot } from '../../store.ts';
import { alignLeft, cut } from '../../text/cut.ts';
import type { Overlay } from '../../view.ts';
import { overlayFrame } from '../frame.ts';
import { columnsIn, type OverlayBox, place } from './overlay-box.ts';

const keyColumns = 10;
const nameColumns = 16;

/** The acts that fit what was typed; those that make no sense now say why. */
export function paletteBox(palette: Extract<Overlay, { kind: 'palette' }>, snapshot: Snapshot): OverlayBox {
  const { size } = snapshot;
  const columns = columnsIn(96, size);
  const items = paletteItems(palette.text, snapshot);
  const rect = place(96, 18, size);
  const height = rect.height - 4;
  const at = Math.min(palette.at, Math.max(0, items.length - 1));
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), items.length - height));
  const rows: Row[] = [
    [
      { text: ': ', tone: 'accent', bold: true },
      { text: palette.text.slice(0, palette.cursor), tone: 'fg' },
      { text: palette.text.slice(palette.cursor, palette.cursor + 1) || ' ', tone: 'fg', inverse: true },
      { text: palette.text.slice(palette.cursor + 1), tone: 'fg' },
    ],
    [],
  ];
  for (const [i, item] of items.slice(from, from + height).entries()) {
    const marked = from + i === at;
    const dead = item.why !== null;
    const tail = cut(
      dead ? item.why!.slice(item.name.length + 2) : item.about,
      columns - keyColumns - nameColumns - 2,
    );
    rows.push([
      { text: marked ? '▸ ' : '  ', tone: 'accent', bold: true },
      { text: alignLeft(item.name, nameColumns), tone: dead ? 'dim' : 'fg', bold: marked },
      { text: alignLeft(item.key, keyColumns), tone: dead ? 'dim' : 'accent' },
      { text: tail, tone: 'dim' },
    ]);
  }
  if (items.length === 0) rows.push([{ text: '  nothing fits these letters', tone: 'dim' }]);
  const aside = `${items.length === 0 ? 0 : at + 1} of ${items.length}, ↑ ↓, Enter does it · Esc closes`;
  return { rect, rows: overlayFrame('Commands', aside, rows, rect) };
}
