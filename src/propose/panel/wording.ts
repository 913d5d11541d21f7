import type { RewriteWish } from '../proposer.ts';
import type { Persona } from './personas.ts';

// What the panel is asked. Every question follows the whole question of the experiment, which the server has cached.

/** What one voice said. */
export interface Said {
  persona: string;
  text: string;
}

/** What is asked of one voice. @param before what the others said in the round before; empty in the first */
export function voiceQuestion({ name, text }: Persona, before: readonly Said[], words: number): string {
  const heard =
    before.length === 0
      ? 'Name the one change that you would try next, and why it should help here.'
      : `The others and you have said:\n${transcript(before)}\n\nSay what is wrong with the weakest of these ideas, then name your one change again: improved, or a better one that you heard.`;
  return `# The panel
Nothing is written yet: first a panel talks about what to try. Forget the form of the reply for now.
You are the ${name}. ${text.trim()}

${heard}
At most ${words} words of plain text, no code, no edits. Begin with the change itself.`;
}

/** What is asked of the chair. @param records how each voice has fared, one line each; may be empty */
export function chairQuestion(said: readonly Said[], records: readonly string[]): string {
  const fared = records.length > 0 ? `\n\nHow their ideas fared so far:\n${records.join('\n')}` : '';
  return `# The panel
Nothing is written yet: a panel has talked about what to try. You are the chair.
${transcript(said)}${fared}

Choose the one idea that is most likely to help and has not been tried. Answer with one line and nothing else:
CHOICE: ${said.map((s) => s.persona).join(' | ')}`;
}

/** What the model is told before it writes the change. */
export function writeQuestion({ persona, text }: Said): string {
  return `# The panel
The panel has talked, and the chair took the idea of the ${persona}:
${quoted(text)}
Write this change and no other, in the form that was asked for above.`;
}

/** The voice that the chair named; null when it named none, or not clearly. */
export function chosenBy(answer: string, voices: readonly string[]): string | null {
  const line = /CHOICE\s*[:=]\s*(.+)/i.exec(answer)?.[1] ?? answer;
  const named = voices.filter((name) =>
    new RegExp(`(^|[^\\p{L}])${escaped(name)}($|[^\\p{L}])`, 'iu').test(line),
  );
  return named.length === 1 ? named[0]! : null;
}

function transcript(said: readonly Said[]): string {
  return said.map(({ persona, text }) => `## ${persona}\n${quoted(text)}`).join('\n');
}

/** As a quotation: what one voice says must not look like a heading or an edit to the next. */
function quoted(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What the model is asked to write for a persona whose ideas rarely survive. */
export function rewriteQuestion({ persona, text, ideas }: RewriteWish): string {
  const fared = ideas.map(
    ({ hypothesis, verdict }) => `- ${verdict}: ${hypothesis.replace(/\s+/g, ' ').slice(0, 160)}`,
  );
  return `A panel of advisers proposes experiments on a training script. One of them, the ${persona}, is described so:
${quoted(text)}

Its ideas rarely help. The latest ones and what became of them:
${quoted(fared.join('\n'))}

Write a better description of the ${persona}, in at most 80 words: what it looks at, what it has learned to avoid, how it finds a change that really helps. Keep its field. Answer with the description alone, in plain text that speaks to the adviser as "you".`;
}

/** The new text, if the answer can be one. */
export function rewrittenText(answer: string): string | null {
  const text = answer
    .replace(/^\s*(?:```\w*|>)\s?|```\s*$/gm, '')
    .trim()
    .slice(0, 1200);
  return text.length >= 30 && !/^(?:SET|EDIT|WHOLE)\b/m.test(text) ? text : null;
}
