import type { ReplyForm } from '../../protocol/words.ts';
import { applyEdits } from '../apply-edits.ts';
import { constantChanges } from '../constant-changes.ts';
import { FormChoice } from '../form-choice.ts';
import { surfaceSize } from '../form-surface.ts';
import {
  type AskedForm,
  type Proposal,
  type ProposalContext,
  type ProposerIo,
  type Refusal,
  UnreadableReply,
} from '../proposer.ts';
import { parseReply } from '../reply-parser.ts';
import { splitThinking } from '../thinking-text.ts';
import { wasTruncated } from './context-size.ts';
import { asText, Conversation } from './conversation.ts';
import { failureOf, troubleOf } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';
import { ModelFailure } from './model-failure.ts';
import { probeForm } from './probe-form.ts';
import { streamReply, tellDone } from './shown-reply.ts';
import type { StreamedReply } from './stream.ts';
import { asShort, type Spoken, speak, type TalkingSession, type TalkLimits } from './talk.ts';

/** Stream faults (a loop, a broken connection) that one proposal may have before it is given up. */
const mostFaults = 2;

/** On a plateau it answers more freely: three tenths of temperature. */
const otherWayWarmth = 3;

/** After a repeat it answers more freely than after a slip of form: two tenths more. */
const repeatWarmth = 2;

/** One experiment's talk with the model. */
export class ModelSession implements TalkingSession {
  private readonly context: ProposalContext;
  private readonly io: ProposerIo;
  private readonly ready: () => Promise<LoadedModel>;
  private readonly conversation: Conversation;
  private readonly forms: FormChoice;
  private attempt = 0;
  private repeats = 0;
  /** Under which name the next words are said; null = they are the answer, and nothing before it counts. */
  private name: string | null = null;
  private spoke = false;
  private lastAnswer = '';
  /** The exercise before the first reply, to be kept with it. */
  private exercise = { prompt: '', reply: '' };
  /** The last question got no answer (the environment failed): asked again, it is the same question. */
  private unanswered = false;

  constructor(
    context: ProposalContext,
    io: ProposerIo,
    start: ReplyForm | null,
    ready: () => Promise<LoadedModel>,
  ) {
    this.context = context;
    this.io = io;
    this.ready = ready;
    this.conversation = new Conversation(context);
    this.forms = new FormChoice(context, start);
  }

  async next(refusal: Refusal | null): Promise<Proposal> {
    this.io.signal.throwIfAborted();
    const started = performance.now();
    if (!this.unanswered) {
      this.unanswered = true;
      this.attempt++;
      if (refusal !== null) {
        if (refusal.code === 'duplicate') this.repeats++;
        this.forms.refused(refusal);
        this.conversation.refuse(this.lastAnswer, refusal);
      }
    }
    const model = await this.ready();
    await this.probe(model);
    const asked = this.chooseForm(model);
    const { reply, prompt: question } = await this.ask(model, asked);
    const prompt = this.exercise.prompt + question;
    this.unanswered = false;
    this.forms.answered();
    this.lastAnswer = splitThinking(reply.answer).answer.trim();
    const shown =
      this.exercise.reply +
      (reply.thinking === '' ? reply.answer : `<think>\n${reply.thinking}\n</think>\n\n${reply.answer}`);
    this.exercise = { prompt: '', reply: '' };
    const parsed = this.read(reply);
    if (!parsed.ok)
      throw Object.assign(new UnreadableReply(parsed.refusal, prompt, shown), {
        asked,
        tokens: reply.stats.tokens,
      });
    const { surface } = this.context;
    const applied = applyEdits(surface, parsed.parts.edits, () => false);
    return {
      ...parsed.parts,
      constants: applied.ok ? constantChanges(surface, applied.files) : [],
      prompt,
      reply: shown,
      seconds: (performance.now() - started) / 1000,
      tokens: reply.stats.tokens,
      asked,
    };
  }

  heading(name: string): void {
    this.name = name;
  }

  tell(text: string): void {
    this.conversation.tell(text);
  }

  async talk(question: string, limits: TalkLimits): Promise<Spoken> {
    this.io.signal.throwIfAborted();
    const model = await this.ready();
    await this.probe(model);
    this.chooseForm(model);
    for (let refits = 0; ; ) {
      const { messages, chars } = model.fit(this.conversation);
      this.started(model, model.rate.estimate(chars));
      const last = messages.at(-1)!;
      const asked = [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${question}` }];
      const call = asShort(model.call(asked, this.context.seed, 0), limits.tokens);
      try {
        return await speak(model, call, limits.seconds, this.context.n, this.io);
      } catch (error) {
        const trouble = troubleOf(error, { url: model.url, model: model.info.name }, this.io.signal);
        if (trouble.kind === 'no-thinking' && model.thinkNot()) continue;
        if (trouble.kind === 'too-long' && refits++ < 3 && model.shrinkPrompt(trouble.why, chars)) continue;
        throw failureOf(trouble);
      }
    }
  }

  /** Clears the pane, or goes on below what was said, under the next name. */
  private started(model: LoadedModel, promptTokens: number): void {
    const { n } = this.context;
    const { name } = this;
    this.io.pulse({
      type: 'model.started',
      n,
      attempt: Math.max(1, this.attempt),
      model: model.info.name,
      numCtx: model.numCtx,
      promptTokens,
      ...(name !== null && this.spoke ? { goesOn: true } : {}),
    });
    if (name === null) return;
    const gap = this.spoke ? '\n\n' : '';
    this.io.pulse({ type: 'model.tokens', n, channel: 'answer', text: `${gap}── ${name} ──\n` });
    this.spoke = true;
    this.name = null;
  }

  /** Before a model's first reply of the run: which form it can write. */
  private async probe(model: LoadedModel): Promise<void> {
    const { surface, seed, n } = this.context;
    if (!this.forms.unknown(model.info.name)) return;
    if (model.probed === null) {
      // The exercise must not load the model with another context than the proposals after it.
      model.expect('edit', surface);
      model.fit(this.conversation);
      const { name } = this;
      this.name = 'format probe';
      const { asked, ...said } = await probeForm(surfaceSize(surface), {
        model,
        seed,
        n,
        io: this.io,
        started: (tokens) => this.started(model, tokens),
      });
      this.name = name;
      this.exercise = said;
      model.probed = asked;
      this.io.pulse({ type: 'notice', level: 'info', text: `${model.info.name}: ${asked.why}` });
    }
    this.forms.begin(model.probed);
  }

  private chooseForm(model: LoadedModel): AskedForm {
    const { asked, changed } = this.forms.next(model.info.name);
    this.conversation.askFor(asked.form);
    model.expect(asked.form, this.context.surface);
    if (changed !== null) this.io.pulse({ type: 'notice', level: 'info', text: changed });
    return asked;
  }

  private read(reply: StreamedReply): ReturnType<typeof parseReply> {
    const context = { surface: this.context.surface, doneReason: reply.doneReason };
    if (reply.answer.trim() !== '' || reply.thinking === '') return parseReply(reply.answer, context);
    // Some templates put the whole answer into the thinking field.
    const inside = parseReply(reply.thinking, context);
    if (inside.ok) return inside;
    return {
      ok: false,
      refusal: {
        code: 'truncated',
        why: 'the model only thought and gave no answer',
        feedback: 'You spent the whole reply on thinking. Answer at once, in the form that was asked for.',
      },
    };
  }

  /** Asks until a whole reply came, sending the same question again where that can help. */
  private async ask(model: LoadedModel, asked: AskedForm): Promise<{ reply: StreamedReply; prompt: string }> {
    let refits = 0;
    let thoughtOnly = false;
    for (let faults = 0; ; ) {
      const { messages, prompt, chars } = model.fit(this.conversation);
      const estimate = model.rate.estimate(chars);
      const { n } = this.context;
      const tell = (stage: 'loading' | 'retrying', note: string | null) =>
        this.io.pulse({
          type: 'model.stats',
          n,
          stage,
          tokens: 0,
          tokensPerSecond: null,
          promptTokens: estimate,
          note,
        });
      this.started(model, estimate);
      tell('loading', prompt.dropped.length > 0 ? `left out to fit: ${prompt.dropped.join(', ')}` : null);
      const call = model.call(
        messages,
        this.context.seed + this.attempt - 1 + faults * 101,
        this.attempt -
          1 +
          this.repeats * repeatWarmth +
          faults * 1.5 +
          (this.context.turn === 'other-way' ? otherWayWarmth : 0),
      );
      try {
        const reply = await streamReply(model, call, this.context, this.io);
        if (model.countsAll && reply.stats.promptTokens !== null) {
          if (
            wasTruncated(estimate, reply.stats.promptTokens) &&
            (await model.shrinkToServer(estimate, this.io.signal))
          ) {
            if (refits++ < 2) continue;
            throw new ModelFailure(
              `Ollama read only ${reply.stats.promptTokens} of about ${estimate} tokens of the prompt`,
              'Raise model.num_ctx, or update Ollama: it must not shorten prompts.',
              null,
            );
          }
          model.rate.learn(chars, reply.stats.promptTokens);
        }
        const onlyThought =
          reply.answer.trim() === '' && reply.thinking !== '' && reply.doneReason === 'length';
        if (onlyThought && !thoughtOnly && model.thinkLess()) {
          thoughtOnly = true;
          tell('retrying', 'thinking took the whole reply: asking again without');
          continue;
        }
        await tellDone(model, reply, this.context.n, this.io);
        return { reply, prompt: asText(messages) };
      } catch (error) {
        const trouble = troubleOf(error, { url: model.url, model: model.info.name }, this.io.signal);
        if (trouble.kind === 'no-thinking' && model.thinkNot()) continue;
        if (trouble.kind === 'too-long' && refits++ < 3 && model.shrinkPrompt(trouble.why, chars)) {
          tell('retrying', 'the prompt was too long: shortening it');
          continue;
        }
        if (trouble.kind === 'too-long') model.forgetLimit();
        if (trouble.kind !== 'retry') throw failureOf(trouble);
        if (faults++ < mostFaults) {
          tell('retrying', trouble.why);
          continue;
        }
        if (trouble.otherwise !== null) throw trouble.otherwise;
        const partial = (error as { partial?: unknown }).partial;
        const text = typeof partial === 'string' ? partial : '';
        this.lastAnswer = text.slice(0, 2000);
        this.unanswered = false;
        this.forms.answered();
        const unreadable = new UnreadableReply(
          {
            code: 'format',
            why: trouble.why,
            feedback: 'Your reply went round in circles. Answer shortly, in the form that was asked for.',
          },
          asText(messages),
          text,
        );
        throw Object.assign(unreadable, { asked });
      }
    }
  }
}
