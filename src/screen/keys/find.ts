import { clean } from '../../protocol/clean.ts';
import { activePane } from '../layout.ts';
import type { ScreenStore } from '../store.ts';
import type { FindPrompt, PaneId } from '../view.ts';
import { chordsOf, type KeyEvent } from './chord.ts';
import { editLine, insertInLine } from './line-editor.ts';

/** Panes in which something can be found; from any other one, `/` filters the experiments. */
export const findable: ReadonlySet<PaneId> = new Set(['experiments']);
const limit = 200;

/** Opens the line in which one types what to find, with what was found last. */
export function openFind(store: ScreenStore): void {
  const { view } = store.current();
  const active = activePane(store.current());
  const pane = findable.has(active) ? active : 'experiments';
  const text = view.find[pane] ?? '';
  store.look({
    focus: pane,
    picked: true,
    overlay: { kind: 'find', pane, text, cursor: text.length, before: text },
  });
}

/** A key while that line is open: every letter shows its effect at once, Enter keeps it, Esc takes it back. */
export function keyInFind(store: ScreenStore, prompt: FindPrompt, input: string, key: KeyEvent): void {
  const chord = chordsOf(input, key)[0];
  const edited = chord === undefined ? null : editLine(prompt, chord);
  if (chord === 'enter') store.look({ overlay: null });
  else if (chord === 'esc' || chord === 'ctrl+c')
    store.look({ overlay: null, find: found(store, prompt.pane, prompt.before) });
  else if (edited) typed(store, edited);
  else if (input !== '' && !key.ctrl && !key.meta) pasteInFind(store, prompt, input);
}

/** Text at the cursor of that line. */
export function pasteInFind(store: ScreenStore, prompt: FindPrompt, text: string): void {
  typed(store, insertInLine(prompt, clean(text.replace(/[\r\n]+/g, ' ')), limit));
}

function typed(store: ScreenStore, prompt: FindPrompt): void {
  store.look({ overlay: prompt, find: found(store, prompt.pane, prompt.text) });
}

function found(store: ScreenStore, pane: PaneId, text: string) {
  return { ...store.current().view.find, [pane]: text };
}
