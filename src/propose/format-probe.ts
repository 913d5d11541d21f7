import type { ReplyForm } from '../protocol/words.ts';
import { applyEdits } from './apply-edits.ts';
import { closingReminder, systemPrompt } from './prompt-format.ts';
import { parseReply } from './reply-parser.ts';

// What a model is able to write is found out before its first proposal, by an exercise that costs seconds: whether it
// copies a SEARCH block exactly says more than how many parameters it has.

const path = 'probe.py';
const text = `import math

WARMUP = 20
PEAK = 0.3


def rate(step, total):
    """The learning rate at a step."""
    if step < WARMUP:
        return PEAK * step / WARMUP
    return PEAK


def report(step, loss):
    print(f"step {step} loss {loss:.4f}")
`;
const surface: ReadonlyMap<string, string> = new Map([[path, text]]);

/** The forms that the exercise can tell about; constants need no exercise. */
export type ProbedForm = Exclude<ReplyForm, 'constants'>;

/** The exercise, as a chat has it: what is always said of the form, and a task with one right place. */
export function probeQuestion(form: ProbedForm): { system: string; user: string } {
  return {
    system: systemPrompt(form),
    user: `This is an exercise in the form of your replies; nothing is run.

File ${path}:

\`\`\`
${text}\`\`\`

Change the function rate so that after the warm-up it falls linearly from PEAK to 0 at the step total. Leave all else as it is.

${closingReminder(form)}`,
  };
}

/**
 * Whether a reply to the exercise could be used as it is.
 * @param doneReason as Ollama gives it; `length`: it was cut off
 * @returns null = it could; else why not, in a few words
 */
export function probeFault(form: ProbedForm, reply: string, doneReason: string | null): string | null {
  const parsed = parseReply(reply, { surface, doneReason });
  if (!parsed.ok) return parsed.refusal.why;
  const { edits } = parsed.parts;
  const kind = form === 'edit' ? 'replace' : 'whole';
  if (!edits.some((edit) => edit.kind === kind))
    return `it has no ${kind === 'whole' ? 'whole file' : 'SEARCH/REPLACE block'}`;
  const applied = applyEdits(surface, edits, () => false);
  if (!applied.ok) return applied.refusal.why;
  const after = applied.files.get(path);
  if (after === undefined || after === text) return 'it changes nothing';
  return after.includes('def report(step, loss):') ? null : 'it lost a part of the file';
}
