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
      mentions(query.trim().toLowerCase(), about),
    );
    if (score <= 0) continue;
    const why = whyNot(id, snapshot);
    // Of equals, what can be done now.
    found.push({
      score: why === null ? score * 1.05 : score,
      item: { id, key: keyOf(id), name, about, why },
    });
  }
  // Sorting is stable: equals stay in the order of the table.
  return found.sort((a, b) => b.score - a.score).map(({ item }) => item);
}

/** The pane that an act belongs to, if it means something in certain panes only. */
export function homeOf(id: CommandId): PaneId | null {
  return commandInfo(id).in?.[0] ?? null;
}

/** Whether a sentence has a word that begins so. Two letters begin too many words to mean one of them. */
function mentions(wanted: string, sentence: string): number {
  if (wanted.length < 3) return wanted === '' ? 1 : 0;
  const words = sentence.toLowerCase().replace(/[^a-z0-9 ]/g, ' ');
  const at = ` ${words}`.indexOf(` ${wanted}`);
  return at < 0 ? 0 : 60 - Math.min(30, at / 4);
}

/** How well letters fit a text: all of them in this order, better together and at the starts of words. 0 = not at all. */
export function closeness(wanted: string, text: string): number {
  if (wanted === '') return 1;
  const lower = text.toLowerCase();
  const whole = lower.indexOf(wanted);
  if (whole >= 0) return 100 + (startsWord(lower, whole) ? 50 : 0) - Math.min(40, lower.length / 4);
  let score = 0;
  let at = -1;
  if (wanted.length < 2) return 0;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1);
    if (next < 0) return 0;
    // Letters that begin nowhere in particular are no match that anybody meant.
    if (at < 0 && !startsWord(lower, next)) return 0;
    score += startsWord(lower, next) ? 3 : next === at + 1 ? 2 : 0;
    at = next;
  }
  return score >= wanted.length ? score : 0;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s\-:,(]/.test(text[at - 1]!);
}
