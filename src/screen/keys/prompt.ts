import { clean } from '../../protocol/clean.ts';
import type { ScreenStore } from '../store.ts';
import type { Prompt } from '../view.ts';
import { type Chord, chordsOf, type KeyEvent } from './chord.ts';
import { editLine, insertInLine } from './line-editor.ts';

const longest = 200;

/** Keys while something is typed into the message row. `done` is called with what was typed; Esc takes it back. */
export function inPrompt(
  prompt: Prompt,
  input: string,
  key: KeyEvent,
  store: ScreenStore,
  done: (prompt: Prompt) => void,
): void {
  const chord: Chord | undefined = chordsOf(input, key)[0];
  const leaves = chord === 'esc' || chord === 'ctrl+c' || (chord === 'backspace' && prompt.text === '');
  if (leaves || chord === 'enter') {
    if (leaves) typed({ ...prompt, text: prompt.before }, store);
    store.look({ prompt: null });
    if (!leaves && prompt.kind !== 'find') done(prompt);
    return;
  }
  const edited = chord === undefined ? null : editLine(prompt, chord);
  if (edited) typed(edited, store);
  else if (input !== '' && !key.ctrl && !key.meta) insertInPrompt(prompt, input, store);
}

/** Typed or pasted text at the cursor; only its first line. */
export function insertInPrompt(prompt: Prompt, raw: string, store: ScreenStore): void {
  typed(insertInLine(prompt, clean(raw.split(/[\r\n]/, 1)[0]!), longest), store);
}

// A filter of rows shows its effect at each letter; a search of a whole log waits for Enter.
function typed(prompt: Prompt, store: ScreenStore): void {
  const { find } = store.current().view;
  store.look({
    prompt,
    ...(prompt.kind === 'find' ? { find: { ...find, [prompt.pane]: prompt.text } } : {}),
  });
}
