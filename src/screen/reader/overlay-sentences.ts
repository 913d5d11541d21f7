import { paletteItems } from '../keys/palette.ts';
import { overlayBox } from '../panes/overlay-rows.ts';
import { notesInForce } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import type { Overlay } from '../view.ts';
import { wordsOf } from './sentences.ts';

type Box = Exclude<Overlay, { kind: 'help' } | { kind: 'note' }>;

// A box of this size cuts nothing off.
const whole = { columns: 100, rows: 200 };
/** Rows of a list that are said at once; the keys that walk along it say the others. */
const most = 5;

/** What to say of an open box: all of a short one, of a list its length and its first ones; then what is walked to. */
export function overlaySentences(overlay: Box, before: Overlay | null, snapshot: Snapshot): string[] {
  if (overlay.kind === 'palette') return paletteSentences(overlay, before, snapshot);
  const rows = overlayBox(overlay, { ...snapshot, size: whole })
    .rows.map(wordsOf)
    .filter(Boolean);
  if (overlay.kind !== 'briefing' && overlay.kind !== 'notes') return rows;
  const listed = overlay.kind === 'notes' ? isNote(notesInForce(snapshot.run).length) : isKept;
  const list = rows.filter(listed);
  const at = Math.max(0, Math.min(overlay.at, list.length - 1));
  if (before) return [list[at] ?? rows.at(-1) ?? ''];
  const first = rows.findIndex(listed);
  const left = list.length - most;
  if (first < 0 || left <= 0) return rows;
  const from = rows.indexOf(list[most]!);
  return [
    ...rows.slice(0, from),
    `and ${left} more: j and k read one after the other.`,
    ...rows.slice(from).filter((row) => !listed(row)),
  ];
}

const isKept = (row: string) => /^#\d+ /.test(row);
const isNote = (notes: number) => (row: string) => notes > 0 && /^\d\d:\d\d (sticky|unread) /.test(row);

function paletteSentences(
  { text, at }: Extract<Overlay, { kind: 'palette' }>,
  before: Overlay | null,
  snapshot: Snapshot,
): string[] {
  const items = paletteItems(text, snapshot);
  const item = items[Math.min(at, items.length - 1)];
  const marked = item ? [`${item.name}, key ${item.key || 'none'}: ${item.why ?? item.about}`] : [];
  if (before?.kind !== 'palette')
    return [
      `Commands, ${items.length}. Type to find one, arrows walk, Enter does it, Escape closes.`,
      ...marked,
    ];
  if (before.text === text) return marked;
  const fit = items.length === 0 ? 'nothing fits' : items.length === 1 ? 'one fits' : `${items.length} fit`;
  return [`${text === '' ? 'All' : text}: ${fit}.`, ...marked];
}
