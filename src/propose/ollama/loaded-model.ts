import os from 'node:os';
import type { Message } from 'ollama';
import type { Settings } from '../../protocol/settings.ts';
import type { ReplyForm, Sharing } from '../../protocol/words.ts';
import type { Prompt } from '../prompt.ts';
import type { AskedForm } from '../proposer.ts';
import { type ChatCall, runningModels, sameModel } from './client.ts';
import { chooseNumCtx, promptRoom, TokenRate } from './context-size.ts';
import type { Conversation } from './conversation.ts';
import { failureOf } from './errors.ts';
import type { Deadlines } from './fetch.ts';
import { isOlder, type ModelInfo } from './model-info.ts';
import { numPredict, type ThinkField, thinkField } from './think.ts';

/** Tokens kept free for a longer history and for the talk about refused edits. */
const growth = 4096;

/** One model with everything that must stay the same from call to call, so that it is loaded once. */
export class LoadedModel {
  readonly url: string;
  readonly info: ModelInfo;
  readonly deadlines: Deadlines;
  readonly rate = new TokenRate();
  /** prompt_eval_count is the whole prompt: since 0.30 tokens from the server's cache count too. */
  readonly countsAll: boolean;
  numCtx: number | null = null;
  /** What the exercise before its first proposal has shown; null = there was none yet. */
  probed: AskedForm | null = null;
  /** How the GPU is shared; decides how long the model stays and where it runs. */
  sharing: Sharing;
  private readonly settings: Settings['model'];
  private think: ThinkField | undefined;
  private trainContext: number | null;
  private wholeTokens: number | null = null;
  private loadChecked = false;

  constructor(
    url: string,
    info: ModelInfo,
    version: string,
    settings: Settings['model'],
    deadlines: Deadlines,
  ) {
    this.url = url;
    this.info = info;
    this.settings = settings;
    this.sharing = settings.sharing === 'auto' ? 'swap' : settings.sharing;
    this.deadlines = deadlines;
    this.countsAll = !isOlder(version, '0.30.0');
    this.think = thinkField(info, settings.think);
    this.trainContext = info.contextLength;
  }

  /** Says what form replies have: a whole file needs more room for the reply. */
  expect(form: ReplyForm, surface: ReadonlyMap<string, string>): void {
    const longest = Math.max(0, ...[...surface.values()].map((text) => text.length));
    this.wholeTokens = form === 'whole' ? this.rate.estimate(longest) : null;
  }

  /** Tokens of prompt that the largest context of this model leaves room for. */
  mostRoom(): number {
    return promptRoom(this.largestCtx(), this.predict());
  }

  /**
   * The messages, fitted to the run's context; the first call fixes num_ctx. It grows later only when the surface
   * itself no longer fits: one more load is better than no more proposals.
   * @throws EnvironmentFailure when the surface does not fit at all.
   */
  fit(conversation: Conversation): { messages: Message[]; prompt: Prompt; chars: number } {
    const build = (numCtx: number) =>
      conversation.messages(promptRoom(numCtx, this.predict()), this.rate.charsPerToken);
    if (this.numCtx === null) {
      const wish = conversation.messages(this.mostRoom(), this.rate.charsPerToken);
      this.numCtx = this.choose(this.rate.estimate(wish.chars));
    }
    let built = build(this.numCtx);
    if (!built.prompt.fits) {
      const larger = this.choose(this.rate.estimate(built.chars));
      if (larger > this.numCtx) {
        this.numCtx = larger;
        built = build(larger);
      }
    }
    if (!built.prompt.fits) {
      const why = `files, instructions and reply need about ${this.rate.estimate(built.chars) + this.predict()} tokens, ${this.info.name} has ${this.largestCtx()}`;
      this.forgetLimit();
      throw failureOf({ kind: 'too-long', why });
    }
    return built;
  }

  /** A request. `warmth` raises the temperature: attempts after a refusal or a loop should come out differently. */
  call(messages: Message[], seed: number, warmth: number): ChatCall {
    const cpu = this.sharing === 'cpu';
    return {
      model: this.info.name,
      messages,
      ...(this.think === undefined ? {} : { think: this.think }),
      keep_alive: this.keepAlive,
      options: {
        num_ctx: this.numCtx!,
        num_predict: this.predict(),
        temperature: Math.min(1.1, Math.round((0.7 + warmth * 0.1) * 100) / 100),
        top_p: 0.95,
        seed: seed & 0x7fffffff,
        // On the CPU only, half of the cores stay for the trial's data loaders. Both are load-time options.
        ...(cpu ? { num_gpu: 0, num_thread: Math.max(1, os.availableParallelism() >> 1) } : {}),
      },
    };
  }

  /** For ever beside a trial, whose minutes nobody knows; the proposer takes that back when the run ends. */
  get keepAlive(): string | number {
    return this.sharing === 'coresident' || this.sharing === 'cpu' ? -1 : '30m';
  }

  /** Turns thinking off for good; false when it is off or cannot be. */
  thinkLess(): boolean {
    if (this.think !== true) return false;
    this.think = false;
    return true;
  }

  /** The server says that the model cannot think: never mention it again; false when it was not mentioned. */
  thinkNot(): boolean {
    if (this.think === undefined) return false;
    this.think = undefined;
    return true;
  }

  /** The server found the prompt too long: counts with its numbers from now on. False when nothing can be shortened. */
  shrinkPrompt(answer: string, chars: number): boolean {
    const tokens = Number(/n_prompt_tokens\D{0,4}(\d+)/.exec(answer)?.[1] ?? 0);
    const ctx = Number(/n_ctx\D{0,4}(\d+)/.exec(answer)?.[1] ?? 0);
    if (ctx > 0 && this.numCtx !== null && ctx < this.numCtx) this.limitTo(ctx);
    const rate = tokens > 0 ? chars / tokens : this.rate.charsPerToken * 0.75;
    if (rate < 0.5) return false;
    this.rate.charsPerToken = Math.min(this.rate.charsPerToken, rate);
    return true;
  }

  /**
   * After a suspiciously low count: whether the server really runs a smaller context than asked for (then it becomes
   * the limit), or does not say. False when the context is as asked: then the text just has long tokens.
   */
  async shrinkToServer(estimate: number, signal: AbortSignal): Promise<boolean> {
    const loaded = await this.running(signal);
    if (loaded?.contextLength == null) return true;
    if (this.numCtx === null || loaded.contextLength >= this.numCtx || estimate <= loaded.contextLength / 2)
      return false;
    this.limitTo(loaded.contextLength);
    return true;
  }

  /** A sentence when part of the model does not fit on the GPU (Ollama then puts layers on the CPU and says nothing). */
  async offloadWarning(loadSeconds: number | null, signal: AbortSignal): Promise<string | null> {
    const fresh = !this.loadChecked || (loadSeconds !== null && loadSeconds > 1);
    if (!fresh || this.sharing === 'cpu') return null;
    this.loadChecked = true;
    const loaded = await this.running(signal).catch(() => null);
    // Nothing on the GPU at all is a machine without one: a normal state.
    if (!loaded || loaded.sizeVram === 0 || loaded.sizeVram >= loaded.size * 0.95) return null;
    const share = Math.round((1 - loaded.sizeVram / loaded.size) * 100);
    return `${share} % of ${this.info.name} runs on the CPU for want of GPU memory: slow; a smaller model or model.num_ctx helps`;
  }

  /** What /api/ps says of it; null while it is not loaded. */
  async running(signal: AbortSignal | null = null) {
    const models = await runningModels(this.url, undefined, signal);
    return models.find((m) => sameModel(m.name, this.info.name)) ?? null;
  }

  /** The next try begins without what the server said before: it may have been restarted with other settings. */
  forgetLimit(): void {
    this.trainContext = this.info.contextLength;
    this.numCtx = null;
  }

  private limitTo(ctx: number): void {
    this.trainContext = Math.min(this.trainContext ?? ctx, ctx);
    this.numCtx = ctx;
  }

  private predict(): number {
    // Never more than half of what the model can hold at all.
    const wanted = numPredict(this.think, this.wholeTokens);
    const ctx =
      this.settings.numCtx === 'auto'
        ? this.trainContext
        : Math.min(this.settings.numCtx, this.trainContext ?? this.settings.numCtx);
    return ctx === null ? wanted : Math.min(wanted, Math.floor(ctx / 2));
  }

  private largestCtx(): number {
    return this.choose(Number.POSITIVE_INFINITY);
  }

  private choose(promptTokens: number): number {
    return chooseNumCtx({
      promptTokens,
      numPredict: this.predict(),
      margin: growth,
      trainContext: this.trainContext,
      setting: this.settings.numCtx,
    });
  }
}
