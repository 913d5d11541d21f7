import { type ChatRequest, type ChatResponse, type Message, Ollama } from 'ollama';
import { askDeadlines, type Deadlines, httpFetch } from './fetch.ts';
import type { ThinkField } from './think.ts';

/** What ollama-js's types lack of the API (facts: present on the wire since 0.12). */
export interface ChatOptions {
  num_ctx: number;
  num_predict: number;
  temperature: number;
  top_p: number;
  seed: number;
  num_gpu?: number;
  num_thread?: number;
}

export interface ChatCall {
  model: string;
  messages: Message[];
  options: ChatOptions;
  think?: ThinkField;
  keep_alive: string | number;
}

export type ChatChunk = ChatResponse & { remote_host?: string; remote_model?: string };

export interface RunningModel {
  name: string;
  size: number;
  sizeVram: number;
  contextLength: number | null;
}

/**
 * Streams one chat. Leaving the loop early, an error, or `signal` closes the connection, which is what cancels the
 * generation on the server (a `break` alone does not).
 */
export async function* streamChat(
  url: string,
  call: ChatCall,
  deadlines: Deadlines,
  signal: AbortSignal,
): AsyncGenerator<ChatChunk> {
  const own = new AbortController();
  const client = new Ollama({
    host: url,
    fetch: httpFetch(deadlines, AbortSignal.any([signal, own.signal])),
  });
  try {
    // truncate, shift: without them an over-long prompt is silently shortened (HTTP 200). shift is a load-time flag:
    // always the same one, or the model is loaded again.
    const request = { ...call, stream: true, truncate: false, shift: false } as ChatRequest & {
      stream: true;
    };
    for await (const chunk of await client.chat(request)) yield chunk as ChatChunk;
  } finally {
    own.abort();
  }
}

/** Asks the model to be unloaded; the server does it after it has answered, and after running requests. */
export async function askUnload(
  url: string,
  model: string,
  deadlines: Deadlines = askDeadlines,
): Promise<void> {
  await clientFor(url, deadlines, null).chat({ model, messages: [], keep_alive: 0, stream: false });
}

/** Loads a model with these options, without a question. Answers when it is in memory. */
export async function askLoad(
  url: string,
  call: Pick<ChatCall, 'model' | 'keep_alive' | 'options'>,
  deadlines: Deadlines,
  signal: AbortSignal | null = null,
): Promise<void> {
  // shift is a load-time flag: without the same one the first question would load the model again.
  const request = { ...call, messages: [], stream: false, shift: false } as ChatRequest & { stream: false };
  await clientFor(url, deadlines, signal).chat(request);
}

/** GET /api/ps. */
export async function runningModels(
  url: string,
  deadlines: Deadlines = askDeadlines,
  signal: AbortSignal | null = null,
): Promise<RunningModel[]> {
  const { models } = await clientFor(url, deadlines, signal).ps();
  return (models ?? []).map((m) => ({
    name: m.name ?? m.model,
    size: m.size ?? 0,
    sizeVram: m.size_vram ?? 0,
    contextLength: (m as { context_length?: number }).context_length ?? null,
  }));
}

/** A client for short questions; its calls end with `signal` or the deadlines. */
export function clientFor(url: string, deadlines: Deadlines, signal: AbortSignal | null): Ollama {
  return new Ollama({ host: url, fetch: httpFetch(deadlines, signal) });
}

/** `llama3` is `llama3:latest`: the same model by another name. */
export function sameModel(a: string, b: string): boolean {
  const full = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
  return full(a) === full(b);
}
