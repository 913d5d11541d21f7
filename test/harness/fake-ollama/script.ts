// What the fake answers to chats. Also the format of a script file for the command line.

/** A model that the fake has pulled. */
export interface FakeModel {
  name: string;
  /** Bytes of weights; 5 GB unless told. */
  size?: number;
  family?: string;
  parameterSize?: string;
  /** ["completion"] unless told; add "thinking", or ["embedding"]. */
  capabilities?: string[];
  /** What it was trained for; a larger num_ctx is capped to it. 131072 unless told. */
  contextLength?: number;
  /** A cloud stub: runs there, whatever its name. */
  remoteHost?: string;
  /** Share of the weights that fits on the GPU, 0..1. */
  onGpu?: number;
  /** Load only with this error, HTTP 500. */
  loadError?: string;
}

/** One reply to a chat. */
export interface ScriptedReply {
  text?: string;
  /** Sent in the thinking field when thinking is on. */
  thinking?: string;
  /** With thinking on, write it into the content between <think> tags, as old templates do. */
  inlineThinking?: boolean;
  /** Characters a chunk; 12 unless told. */
  chunk?: number;
  /** ms between chunks, and before the first (prompt evaluation). */
  delayMs?: number;
  firstDelayMs?: number;
  /** After `text`: the normal last chunk, no last chunk, a closed connection, an error line, or nothing at all any more. */
  end?: 'done' | 'no-done' | 'reset' | 'error' | 'silence';
  error?: string;
  doneReason?: 'stop' | 'length';
  /** Instead of a stream: an HTTP error. */
  status?: number;
  /** Say it so often (a model in a loop). */
  times?: number;
  /** Put into every chunk: an alias that runs elsewhere. */
  remoteHost?: string;
  promptEvalCount?: number;
}

export interface ChatBody {
  model: string;
  messages?: { role: string; content: string; thinking?: string }[];
  stream?: boolean;
  think?: boolean | string;
  keep_alive?: string | number;
  truncate?: boolean;
  shift?: boolean;
  options?: Record<string, unknown>;
}

export type Script =
  | readonly (string | ScriptedReply)[]
  | ((body: ChatBody, index: number) => string | ScriptedReply);

/** The reply to the index-th chat; a list's last reply is repeated. */
export function replyFor(script: Script, body: ChatBody, index: number): ScriptedReply {
  const reply =
    typeof script === 'function' ? script(body, index) : script[Math.min(index, script.length - 1)];
  if (reply === undefined) return { status: 500, error: 'the fake has no script' };
  return typeof reply === 'string' ? { text: reply } : reply;
}
