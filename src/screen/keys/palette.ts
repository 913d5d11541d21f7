import type { Snapshot } from '../store.ts';
import type { PaneId } from '../view.ts';
import { keyOf } from './bindings.ts';
import { type CommandId, commandIds, commandInfo } from './commands.ts';
import { whyNot } from './validity.ts';

/** One act of the palette, with its key and, where it makes no sense now, why. */
export interface PaletteItem {
  id: CommandId;
  key: string;
  name: string;
  about: string;
  /** null = it can be done now. */
  why: string | null;
}

/** Acts that a list of acts does not need. */
const left: ReadonlySet<CommandId> = new Set(['palette', 'interrupt', 'back']);

/** The acts that fit the letters, the best first; all of them for none. */
export function paletteItems(query: string, snapshot: Snapshot): PaletteItem[] {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const found: { score: number; item: PaletteItem }[] = [];
  for (const id of commandIds) {
    if (left.has(id)) continue;
    const { hint, about } = commandInfo(id);
    const name = hint.replace('…', '');
    const score = Math.max(
      2 * closeness(wanted, name),
      closeness(wanted, id) * 1.5,
      closeness(wanted, about),
    );
    if (score <= 0) continue;
    found.push({ score, item: { id, key: keyOf(id), name, about, why: whyNot(id, snapshot) } });
  }
  // Sorting is stable: equals stay in the order of the table.
  return found.sort((a, b) => b.score - a.score).map(({ item }) => item);
}

/** The pane that an act belongs to, if it means something in certain panes only. */
export function homeOf(id: CommandId): PaneId | null {
  return commandInfo(id).in?.[0] ?? null;
}

/** How well letters fit a text: all of them in this order, better together and at the starts of words. 0 = not at all. */
export function closeness(wanted: string, text: string): number {
  if (wanted === '') return 1;
  const lower = text.toLowerCase();
  const whole = lower.indexOf(wanted);
  if (whole >= 0) return 100 + (startsWord(lower, whole) ? 50 : 0) - Math.min(40, lower.length / 4);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += startsWord(lower, next) ? 3 : next === at + 1 ? 2 : 0;
    at = next;
  }
  // Letters strewn over a sentence are no match that anybody meant.
  return score >= wanted.length ? score : 0;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s\-:,(]/.test(text[at - 1]!);
}
