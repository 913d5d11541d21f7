import type { Message } from 'ollama';
import { formWords } from '../../protocol/words.ts';
import { type ProbedForm, probeFault, probeQuestion } from '../format-probe.ts';
import type { AskedForm, ProposerIo } from '../proposer.ts';
import { type FormSurface, probedForm } from '../reply-form.ts';
import { splitThinking } from '../thinking-text.ts';
import { failureOf, troubleOf } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';
import { asShort, type Spoken, speak } from './talk.ts';

/** Of one exercise: far more than it needs, far less than a lost model would take. */
const limits = { tokens: 700, seconds: 60 };

interface ProbeParts {
  model: LoadedModel;
  seed: number;
  /** The experiment before whose first proposal it is done. */
  n: number;
  io: ProposerIo;
  /** Told before each question, with its tokens, estimated. */
  started(promptTokens: number): void;
}

/**
 * Finds out in which form a model can write a change, by at most two short exercises, the hardest form first.
 * @returns the form to begin with and why, and what was said, for the run's records
 * @throws EnvironmentFailure; what the signal was aborted with
 */
export async function probeForm(
  surface: FormSurface,
  parts: ProbeParts,
): Promise<{ asked: AskedForm; prompt: string; reply: string }> {
  const result: { edit?: boolean; whole?: boolean } = {};
  const faults: string[] = [];
  let prompt = '';
  let reply = '';
  const untried: ProbedForm[] = ['edit', 'whole'];
  for (;;) {
    const found = probedForm(result, surface);
    if (found !== null) {
      const why = `format probe: ${[...faults, `begins with ${formWords[found]}`].join('; ')}`;
      return { asked: { form: found, why }, prompt, reply: `${reply}<!-- proposal -->\n` };
    }
    const form = untried.shift()!;
    const { system, user } = probeQuestion(form);
    const spoken = await answer(parts, [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ]);
    prompt += `<!-- format probe: system -->\n${system}\n\n<!-- format probe: user -->\n${user}\n\n`;
    reply += `<!-- format probe -->\n${spoken.text}\n\n`;
    const fault = probeFault(form, splitThinking(spoken.text).answer, spoken.cut ? 'length' : 'stop');
    result[form] = fault === null;
    if (fault !== null) faults.push(`${formWords[form]} failed (${fault})`);
  }
}

async function answer({ model, seed, n, io, started }: ProbeParts, messages: Message[]): Promise<Spoken> {
  for (;;) {
    started(model.rate.estimate(messages.reduce((sum, m) => sum + m.content.length, 0)));
    const call = asShort(model.call(messages, seed, 0), limits.tokens);
    // What it can at its best; how it varies shows in its proposals.
    call.options.temperature = 0;
    try {
      return await speak(model, call, limits.seconds, n, io);
    } catch (error) {
      const trouble = troubleOf(error, { url: model.url, model: model.info.name }, io.signal);
      if (trouble.kind === 'no-thinking' && model.thinkNot()) continue;
      throw failureOf(trouble);
    }
  }
}
