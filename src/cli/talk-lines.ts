import { existsSync, readFileSync } from 'node:fs';

const between = /\n*---- attempt \d+ ----\n+/;

/**
 * The talk about one experiment: each question and its answer, in order, indented. Of later questions only what was new
 * in them is shown; the files have them whole.
 */
export function talkLines({ prompt, reply }: { prompt: string; reply: string }): string[] {
  const questions = attempts(prompt);
  const answers = attempts(reply);
  return questions.flatMap((question, i) => [
    `Question of attempt ${i + 1}`,
    ...indented(i === 0 ? question : news(question)),
    '',
    `Answer of attempt ${i + 1}`,
    ...indented(answers[i] ?? '(none)'),
    '',
  ]);
}

const attempts = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split(between) : [];

/** The last message of a question, where it answers a refused reply. */
function news(question: string): string {
  const messages = question.split(/^(?=<!-- (?:system|user|assistant) -->$)/m);
  return messages.some((m) => m.startsWith('<!-- assistant')) ? messages.at(-1)! : question;
}

const indented = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
