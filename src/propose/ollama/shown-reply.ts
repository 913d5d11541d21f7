import { DraftReader } from '../draft.ts';
import type { ProposalContext, ProposerIo } from '../proposer.ts';
import { type ChatCall, streamChat } from './client.ts';
import type { LoadedModel } from './loaded-model.ts';
import { readReply, type StreamedReply } from './stream.ts';
import { thinks } from './think.ts';
import { TokenBatch } from './token-batch.ts';

/** Asks, and shows the reply while it comes: its tokens, its speed, and what of it could be applied already. */
export async function streamReply(
  model: LoadedModel,
  call: ChatCall,
  { n, surface, champion, ground }: ProposalContext,
  io: ProposerIo,
): Promise<StreamedReply> {
  const batch = new TokenBatch((channel, text) => io.pulse({ type: 'model.tokens', n, channel, text }));
  const draft = new DraftReader(surface);
  const base = `#${(ground ?? champion).n}`;
  let first = 0;
  let told = 0;
  try {
    const chunks = streamChat(model.url, call, model.deadlines, io.signal);
    const reply = await readReply(chunks, (channel, text, pieces) => {
      batch.add(channel, text);
      const diff = channel === 'answer' ? draft.push(text) : null;
      if (diff !== null) io.pulse({ type: 'diff', n, base, text: diff, draft: true });
      const now = performance.now();
      if (first === 0) first = now;
      if (told !== 0 && now - told < 100) return;
      told = now;
      const seconds = (now - first) / 1000;
      io.pulse({
        type: 'model.stats',
        n,
        stage: 'generating',
        tokens: pieces,
        tokensPerSecond: seconds > 0.5 ? pieces / seconds : null,
        promptTokens: null,
        note: thinks(call.think) && channel === 'thinking' ? 'thinking' : null,
      });
    });
    return reply;
  } finally {
    batch.flush();
  }
}

/** What the server counted, once the reply is there; warns of a model that does not fit onto the GPU. */
export async function tellDone(
  model: LoadedModel,
  reply: StreamedReply,
  n: number,
  io: ProposerIo,
): Promise<void> {
  const { tokens, tokensPerSecond, promptTokens, loadSeconds } = reply.stats;
  const notes: string[] = [];
  if (loadSeconds !== null && loadSeconds > 1) notes.push(`loaded in ${loadSeconds.toFixed(1)} s`);
  const slow = await model.offloadWarning(loadSeconds, io.signal);
  if (slow !== null) {
    notes.push(slow);
    io.pulse({ type: 'notice', level: 'warn', text: slow });
  }
  const note = notes.length > 0 ? notes.join('; ') : null;
  io.pulse({
    type: 'model.stats',
    n: n,
    stage: 'done',
    tokens,
    tokensPerSecond,
    promptTokens,
    note,
  });
}
