import { clean } from '../../protocol/clean.ts';
import type { ScreenStore } from '../store.ts';
import type { Prompt } from '../view.ts';
import { type Chord, chordsOf, type KeyEvent } from './chord.ts';
import { editLine, insertInLine } from './line-editor.ts';

const longest = 200;

/** Keys while something is typed into the message row. `done` is called with what was typed; Esc changes nothing. */
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
    store.look({ prompt: null });
    if (!leaves) done(prompt);
    return;
  }
  const edited = chord === undefined ? null : editLine(prompt, chord);
  if (edited) store.look({ prompt: edited });
  else if (input !== '' && !key.ctrl && !key.meta) store.look({ prompt: insertInPrompt(prompt, input) });
}

/** The prompt with typed or pasted text at the cursor; only its first line. */
export function insertInPrompt(prompt: Prompt, raw: string): Prompt {
  return insertInLine(prompt, clean(raw.split(/[\r\n]/, 1)[0]!), longest);
}
