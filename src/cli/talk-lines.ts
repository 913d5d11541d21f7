import { existsSync, readFileSync } from 'node:fs';

const between = /\n*---- attempt \d+ ----\n+/;

/**
 * The talk about one experiment: each question and its answer, in order, indented. Of later questions only what was new
 * in them is shown; the files have them whole.
 */
export function talkLines({ prompt, reply }: { prompt: string; reply: string }): string[] {
  const questions = attempts(prompt);
  const answers = attempts(reply);
  const probe = takeProbe(questions, answers);
  const talk = questions.flatMap((question, i) => [
    `Question of attempt ${i + 1}`,
    ...indented(i === 0 ? question : news(question)),
    '',
    `Answer of attempt ${i + 1}`,
    ...indented(answers[i] ?? '(none)'),
    '',
  ]);
  return [...probe, ...talk];
}

/** The exercise before a model's first proposal stands in front of its first question and answer, and has headings of its own. */
function takeProbe(questions: string[], answers: string[]): string[] {
  const question = questions[0]?.startsWith('<!-- format probe')
    ? questions[0].indexOf('<!-- system -->')
    : -1;
  if (question < 0) return [];
  const marker = '<!-- proposal -->\n';
  const answer = answers[0]?.indexOf(marker) ?? -1;
  const lines = [
    'Format probe: in which form can the model write a change?',
    ...indented(questions[0]!.slice(0, question)),
    '',
    'Answer to the format probe',
    ...indented(answer < 0 ? '(none)' : answers[0]!.slice(0, answer)),
    '',
  ];
  questions[0] = questions[0]!.slice(question);
  if (answer >= 0) answers[0] = answers[0]!.slice(answer + marker.length);
  return lines;
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
