import type { ReplyForm } from '../protocol/words.ts';

const role = `You improve a program by experiments. Each time you propose exactly one change, made for one reason. Your change is applied, the program is run for a fixed time, and one number is measured. The change is kept only when the number really got better. You cannot run anything, and you never report results.`;

const fields = `HYPOTHESIS: one sentence: what you change and why the metric should improve
EXPECT: what should happen to the metric, and by how much
FAMILY: one or two words for the kind of change, such as learning rate, schedule, architecture, batch size`;

const constantLine = 'SET NAME = value';

const editBlock = `EDIT path/of/file
<<<<<<< SEARCH
lines copied exactly from the file
=======
the lines that take their place
>>>>>>> REPLACE`;

const wholeBlock = ['WHOLE path/of/file', '```', 'the complete new text of the file', '```'].join('\n');

const rules: Record<ReplyForm, string> = {
  constants: `Reply in exactly this form and with nothing else:

${fields}
${constantLine}

One SET line for each constant that you change, at most three. Use only names listed under "Constants now". The value is a plain number.

Example:
HYPOTHESIS: The loss is still falling fast at the end, so a higher learning rate learns more in the time.
EXPECT: about 1 % lower
FAMILY: learning rate
SET LEARNING_RATE = 0.02`,
  edit: `Reply in exactly this form and with nothing else:

${fields}
${editBlock}

Rules for the blocks:
- SEARCH holds whole lines copied character by character from the file as it is now, with their indentation, and enough of them to be found only once. No line numbers, no added comments.
- REPLACE holds every line that takes their place. Never shorten code by "..." or "rest unchanged".
- Several blocks are allowed; all of them apply to the file as given, and none may overlap.
- To change only the value of a named constant, write this instead of a block:
${constantLine}

Example:
HYPOTHESIS: A warm-up keeps the first steps from diverging, so that the rate can stay high.
EXPECT: about 0.5 % lower
FAMILY: schedule
EDIT train.py
<<<<<<< SEARCH
    return base_rate
=======
    return base_rate * min(1.0, (step + 1) / 100)
>>>>>>> REPLACE`,
  whole: `Reply in exactly this form and with nothing else:

${fields}
${wholeBlock}

Write every line of the file, also those that stay the same. Never shorten code by "..." or "rest unchanged".`,
};

/** The part of the prompt that never changes during a run. */
export function systemPrompt(form: ReplyForm): string {
  return `${role}\n\n${rules[form]}`;
}

/** The last words of every question. */
export function closingReminder(form: ReplyForm): string {
  if (form === 'constants') return 'Answer with HYPOTHESIS, EXPECT, FAMILY and SET lines only.';
  if (form === 'whole') return 'Answer with HYPOTHESIS, EXPECT, FAMILY and the WHOLE file only.';
  return 'Answer with HYPOTHESIS, EXPECT, FAMILY and EDIT blocks or SET lines only.';
}
