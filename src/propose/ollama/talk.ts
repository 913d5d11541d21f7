import type { ProposalContext, ProposalSession, Proposer, ProposerIo } from '../proposer.ts';
import { type ChatCall, streamChat } from './client.ts';
import { troubleOf } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';
import { readReply } from './stream.ts';
import { thinks } from './think.ts';
import { TokenBatch } from './token-batch.ts';

/** A short question beside the proposal itself. */
export interface TalkLimits {
  /** Tokens of the answer. */
  tokens: number;
  /** Seconds from the first token on. */
  seconds: number;
}

export interface Spoken {
  text: string;
  /** What it took in all, and since its first token. */
  seconds: number;
  speaking: number;
  tokens: number;
  /** It had more to say. */
  cut: boolean;
}

/** A model that can be asked short questions before it proposes. Question and proposal share their beginning. */
export interface TalkingSession extends ProposalSession {
  /** What comes next is said under this name; what was said before stays on the screen. */
  heading(name: string): void;
  /** @throws EnvironmentFailure; what the signal was aborted with */
  talk(question: string, limits: TalkLimits): Promise<Spoken>;
  /** Goes to the end of the question that asks for the proposal. */
  tell(text: string): void;
}

export interface TalkingProposer extends Proposer {
  /** A short question of its own. @returns null before the model was ever asked: its context is not fixed yet */
  ask(question: string, limits: TalkLimits, n: number, io: ProposerIo): Promise<Spoken | null>;
  open(context: ProposalContext, io: ProposerIo): TalkingSession;
}

/** A model that only thinks in levels cannot be kept from it: room for that, tokens. */
const thoughtTokens = 600;

/** The call as a short question: few tokens, no thinking where that can be turned off. */
export function asShort(call: ChatCall, tokens: number): ChatCall {
  const short: ChatCall = { ...call, options: { ...call.options, num_predict: tokens } };
  if (call.think === true) short.think = false;
  else if (thinks(call.think)) short.options.num_predict += thoughtTokens;
  return short;
}

/** Streams one short answer; one that is too long, too slow or goes round in circles is cut. @throws a real trouble */
export async function speak(
  model: LoadedModel,
  call: ChatCall,
  seconds: number,
  n: number,
  io: ProposerIo,
): Promise<Spoken> {
  const began = performance.now();
  const enough = new AbortController();
  let first = 0;
  let timer: NodeJS.Timeout | undefined;
  let text = '';
  let count = 0;
  let cut = false;
  const batch = new TokenBatch((channel, piece) =>
    io.pulse({ type: 'model.tokens', n, channel, text: piece }),
  );
  const done = (): Spoken => {
    const now = performance.now();
    return {
      text: text.trim(),
      seconds: (now - began) / 1000,
      speaking: first === 0 ? 0 : (now - first) / 1000,
      tokens: count,
      cut,
    };
  };
  const signal = AbortSignal.any([io.signal, enough.signal]);
  try {
    const reply = await readReply(
      streamChat(model.url, call, model.deadlines, signal),
      (channel, piece, pieces) => {
        if (first === 0) {
          first = performance.now();
          timer = setTimeout(() => enough.abort(), seconds * 1000);
        }
        count = pieces;
        batch.add(channel, piece);
        if (channel === 'answer') text += piece;
        // A server that does not know num_predict.
        if (pieces > call.options.num_predict * 1.5) enough.abort();
      },
    );
    cut = reply.doneReason === 'length';
    count = reply.stats.tokens;
    return done();
  } catch (error) {
    if (io.signal.aborted) throw error;
    const stopped = enough.signal.aborted;
    if (!stopped && troubleOf(error, { url: model.url, model: model.info.name }, io.signal).kind !== 'retry')
      throw error;
    cut = true;
    return done();
  } finally {
    clearTimeout(timer);
    batch.flush();
  }
}
