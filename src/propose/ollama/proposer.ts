import os from 'node:os';
import type { ProposerInfo } from '../../protocol/events.ts';
import { EnvironmentFailure, UserError } from '../../protocol/failure.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { ReplyForm, Sharing } from '../../protocol/words.ts';
import { systemPrompt } from '../prompt-format.ts';
import type { LeasedModel, ProposalContext, ProposerIo } from '../proposer.ts';
import { askUnload, runningModels, sameModel } from './client.ts';
import { failureOf, troubleOf } from './errors.ts';
import { chatDeadlines, type Deadlines } from './fetch.ts';
import { ollamaHost } from './host.ts';
import { LoadedModel } from './loaded-model.ts';
import { checkVersion, chooseModel, isOlder } from './model-info.ts';
import { memoryOf, preload } from './model-memory.ts';
import { ModelSession } from './model-session.ts';
import {
  asShort,
  type Spoken,
  speak,
  type TalkingProposer,
  type TalkingSession,
  type TalkLimits,
} from './talk.ts';
import { type UnloadTimes, unloadModel, unloadTimes } from './unload.ts';

export interface OllamaProposerOptions {
  settings: Settings['model'];
  env: Readonly<Record<string, string | undefined>>;
  /** Memory for the model, MiB: of the GPU where there is one. Only to choose a model for `auto`. */
  memoryMiB?: number | null;
  /** The form of replies to begin with; missing or null = by an exercise. It changes by itself with how replies go. */
  form?: ReplyForm | null;
  deadlines?: Partial<Deadlines>;
  unload?: Partial<UnloadTimes>;
}

/** Memory to assume for a model when nothing is known of a GPU, MiB: half of the machine's, at most 20 GiB. */
export function assumedMemoryMiB(): number {
  return Math.min(20 * 1024, os.totalmem() / 1048576 / 2);
}

/** Proposals by a local model over Ollama's native API. Nothing is contacted before `prepare` (or the first `next`). */
export function createOllamaProposer(options: OllamaProposerOptions): TalkingProposer {
  return new OllamaProposer(options);
}

class OllamaProposer implements TalkingProposer {
  private readonly options: OllamaProposerOptions;
  private readonly deadlines: Deadlines;
  private model: LoadedModel | null = null;
  private why = 'a local model';
  private sharing: Sharing | null = null;
  private loadedBefore = false;
  private asked = false;

  constructor(options: OllamaProposerOptions) {
    this.options = options;
    this.deadlines = { ...chatDeadlines, ...options.deadlines };
  }

  get info(): ProposerInfo {
    const named = this.options.settings.name;
    return {
      kind: 'ollama',
      why: this.why,
      model: this.model?.info.name ?? (named === 'auto' ? null : named),
    };
  }

  async prepare(surface: ReadonlyMap<string, string>): Promise<void> {
    const { settings, env } = this.options;
    const { url } = ollamaHost(settings.host, env, settings.allowRemote);
    try {
      const version = await checkVersion(url);
      const memory = this.options.memoryMiB ?? assumedMemoryMiB();
      const { model: info, why } = await chooseModel(url, settings.name, memory);
      const old = isOlder(version, '0.30.0') ? `; Ollama ${version} is old, 0.30 or newer is better` : '';
      this.why = `${why}${old}`;
      this.loadedBefore = (await runningModels(url)).some((m) => sameModel(m.name, info.name));
      this.model = new LoadedModel(url, info, version, settings, this.deadlines);
      if (this.sharing !== null) this.model.sharing = this.sharing;
    } catch (error) {
      throw this.startError(error, url);
    }
    this.checkSize(this.model, surface);
  }

  open(context: ProposalContext, io: ProposerIo): TalkingSession {
    const ready = async () => {
      if (this.model === null) await this.prepare(context.surface);
      this.asked = true;
      return this.model!;
    };
    return new ModelSession(context, io, this.options.form ?? null, ready);
  }

  async ask(question: string, limits: TalkLimits, n: number, io: ProposerIo): Promise<Spoken | null> {
    const { model } = this;
    // Loaded with another context it would be loaded twice.
    if (model === null || model.numCtx === null) return null;
    const call = asShort(model.call([{ role: 'user', content: question }], n, 0), limits.tokens);
    const { name } = model.info;
    const pulse = { n, attempt: 1, model: name, numCtx: model.numCtx, promptTokens: null };
    io.pulse({ type: 'model.started', ...pulse });
    try {
      return await speak(model, call, limits.seconds, n, io);
    } catch (error) {
      throw failureOf(troubleOf(error, { url: model.url, model: name }, io.signal));
    }
  }

  get leased(): LeasedModel {
    return {
      memory: async () => (this.model === null ? null : memoryOf(this.model)),
      unload: async () => {
        if (this.model === null) return false;
        const { url, info } = this.model;
        return unloadModel(url, info.name, { ...unloadTimes, ...this.options.unload });
      },
      preload: async (signal) => {
        if (this.model === null) return false;
        return preload(this.model, signal);
      },
      share: (sharing) => {
        this.sharing = sharing;
        if (this.model) this.model.sharing = sharing;
      },
    };
  }

  /**
   * Leaves the machine as it was found, without waiting: a model that only this run has loaded is unloaded, one that
   * was there before goes again when Ollama's usual five minutes are over.
   */
  async close(): Promise<void> {
    if (this.model === null || !this.asked) return;
    const short: Deadlines = { connect: 500, firstChunk: 2_000, idle: 2_000, total: 2_000 };
    try {
      const { url, info } = this.model;
      const loaded = (await runningModels(url, short)).some((m) => sameModel(m.name, info.name));
      if (!loaded) return;
      if (!this.loadedBefore) await askUnload(url, info.name, short);
      else await preload(this.model, AbortSignal.timeout(2_000), '5m');
    } catch {
      // A server that is gone has nothing to unload; the end of a run is no time to complain.
    }
  }

  /** @throws UserError when the surface can never fit into the model's context. */
  private checkSize(model: LoadedModel, surface: ReadonlyMap<string, string>): void {
    const form = this.options.form ?? 'edit';
    model.expect(form, surface);
    const chars = [...surface].reduce(
      (sum, [path, text]) => sum + path.length + text.length,
      systemPrompt(form).length,
    );
    const tokens = model.rate.estimate(chars);
    if (tokens <= model.mostRoom()) return;
    throw new UserError(
      `The surface has about ${tokens} tokens, and ${model.info.name} has room for ${model.mostRoom()} beside its reply. Narrow surface in pawl.yaml, raise model.num_ctx, or choose a model with a longer context.`,
    );
  }

  private startError(error: unknown, url: string): Error {
    if (error instanceof UserError || error instanceof EnvironmentFailure) return error;
    const trouble = troubleOf(error, { url, model: this.options.settings.name });
    if (trouble.kind === 'user') return new UserError(`${trouble.message}. ${trouble.next}`, 3);
    return failureOf(trouble);
  }
}
