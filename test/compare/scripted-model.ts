import type { ChatBody, ScriptedReply } from '../harness/fake-ollama/script.ts';
import { uniformAt } from '../loopbench/random-streams.ts';
import { edits } from './edits.ts';

/** A model that works through the edits in an order of its own for each seed, and answers a refusal with another one. */
export function scriptedModel(seed: number, latencyMs: number): (body: ChatBody) => ScriptedReply {
  const order = edits
    .map((edit, i) => ({ edit, at: uniformAt(seed, 77, i) }))
    .sort((a, b) => a.at - b.at)
    .map(({ edit }) => edit);
  let next = 0;
  return ({ messages = [] }) => {
    const question = messages.find((m) => m.role === 'user')?.content ?? '';
    for (let tries = 0; tries < order.length; tries++) {
      const text = order[next++ % order.length]!(question);
      if (text !== null) return { text, firstDelayMs: latencyMs, chunk: 200 };
    }
    return { text: 'I have no more ideas.', firstDelayMs: latencyMs };
  };
}
