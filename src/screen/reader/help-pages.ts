import { helpBox } from '../panes/overlays/help-box.ts';
import type { Snapshot } from '../store.ts';
import type { Overlay } from '../view.ts';
import { wordsOf } from './sentences.ts';

type Help = Extract<Overlay, { kind: 'help' }>;

/** Lines of the help that are said at once: who listens cannot skim. */
const page = 8;
// A box of this size cuts nothing off.
const whole = { columns: 100, rows: 400 };

/**
 * What to say of the help now: its first lines when it opens, those that come next when it is scrolled, and how many
 * keys fit while a filter is typed. `extent` is how far it can be scrolled.
 */
export function helpPiece(
  help: Help,
  before: Help | null,
  snapshot: Snapshot,
): { lines: string[]; extent: { most: number; page: number } } {
  const box = helpBox({ ...help, scroll: 0 }, { ...snapshot, size: whole });
  const all = box.rows.slice(1, -1).map(wordsOf).filter(Boolean);
  // The line of the filter itself is echoed by who types.
  if (help.typing || help.filter) all.shift();
  // Space moves by a page less one line.
  const extent = { most: Math.max(0, all.length - page), page: page + 1 };
  if (help.typing) {
    const fits = help.filter ? `${all.length} lines for "${help.filter}"` : 'Type what to look for';
    return { lines: [`${fits}. Enter reads them, Escape clears.`], extent };
  }
  const fresh = before === null || before.filter !== help.filter || before.typing === true;
  const from = fresh ? help.scroll : before.scroll;
  const [start, end] = fresh
    ? [help.scroll, help.scroll + page]
    : help.scroll > from
      ? [Math.max(help.scroll, from + page), help.scroll + page]
      : [help.scroll, Math.min(from, help.scroll + page)];
  const left = all.length - end;
  const more =
    left > 0
      ? `${left} more lines: Space goes on, slash looks for a key, Escape closes.`
      : 'That is all. Escape closes.';
  return { lines: [...all.slice(start, end), more], extent };
}
