import type { ChatChunk } from './client.ts';
import { InlineThinking } from './inline-thinking.ts';
import { repeatsItself } from './repetition.ts';

export interface ReplyStats {
  promptTokens: number | null;
  /** Tokens of thinking and answer. */
  tokens: number;
  tokensPerSecond: number | null;
  loadSeconds: number | null;
}

export interface StreamedReply {
  answer: string;
  thinking: string;
  doneReason: string | null;
  stats: ReplyStats;
}

export type Channel = 'thinking' | 'answer';

/** The model says the same thing over and over. */
export class RepeatedItself extends Error {
  override name = 'RepeatedItself';
  readonly partial: string;
  constructor(partial: string) {
    super('the model repeats itself');
    this.partial = partial;
  }
}

/** The reply came from somebody's cloud: the name was an alias. */
export class RemoteReply extends Error {
  override name = 'RemoteReply';
  readonly host: string;
  constructor(host: string) {
    super(`the model runs on ${host}`);
    this.host = host;
  }
}

/**
 * Reads a chat stream to its end: thinking apart from the answer, also where it comes inline between <think> tags.
 * @param onText called for every piece, with the number of pieces so far (about one a token).
 * @throws RepeatedItself, RemoteReply, and whatever the stream throws.
 */
export async function readReply(
  chunks: AsyncIterable<ChatChunk>,
  onText: (channel: Channel, text: string, pieces: number) => void,
): Promise<StreamedReply> {
  const inline = new InlineThinking();
  let thinking = '';
  let answer = '';
  let pieces = 0;
  let checked = 0;
  let last: ChatChunk | null = null;
  const take = (channel: Channel, text: string) => {
    if (text === '') return;
    if (channel === 'thinking') thinking += text;
    else answer += text;
    onText(channel, text, pieces);
  };
  for await (const chunk of chunks) {
    if (chunk.remote_host || chunk.remote_model)
      throw new RemoteReply(chunk.remote_host || chunk.remote_model!);
    const { thinking: thought = '', content = '' } = chunk.message ?? {};
    if (thought !== '' || content !== '') pieces++;
    take('thinking', thought);
    for (const part of inline.push(content)) take(part.channel, part.text);
    const length = thinking.length + answer.length;
    if (length - checked >= 200) {
      checked = length;
      if (repeatsItself(content !== '' ? answer || thinking : thinking)) throw new RepeatedItself(answer);
    }
    if (chunk.done) last = chunk;
  }
  for (const part of inline.end()) take(part.channel, part.text);
  const seconds = (last?.eval_duration ?? 0) / 1e9;
  const tokens = last?.eval_count ?? pieces;
  return {
    answer,
    thinking,
    doneReason: last?.done_reason ?? null,
    stats: {
      promptTokens: last?.prompt_eval_count ?? null,
      tokens,
      tokensPerSecond: seconds > 0 ? tokens / seconds : null,
      loadSeconds: last?.load_duration === undefined ? null : last.load_duration / 1e9,
    },
  };
}
