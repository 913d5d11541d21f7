import type { ServerResponse } from 'node:http';
import { type Runners, wait } from './runners.ts';
import type { ChatBody, FakeModel, ScriptedReply } from './script.ts';

/** How a request ended, for the log. */
export type Outcome = 'done' | 'canceled' | 'error' | 'reset';

export interface ChatSettings {
  runners: Runners;
  /** Characters a prompt token has. */
  charsPerToken: number;
  /** Behave like a server that does not know `truncate`: cut the prompt and say nothing. */
  ignoresTruncate: boolean;
}

/** Answers one /api/chat as Ollama does: headers only with the first chunk, after load and prompt evaluation. */
export async function chat(
  body: ChatBody,
  model: FakeModel,
  reply: () => ScriptedReply,
  res: ServerResponse,
  signal: AbortSignal,
  settings: ChatSettings,
): Promise<Outcome> {
  const { runners } = settings;
  const created = () => new Date().toISOString();
  const messages = body.messages ?? [];
  if (
    messages.length === 0 &&
    body.keep_alive !== undefined &&
    Number.parseFloat(String(body.keep_alive)) === 0
  ) {
    const runner = runners.get(model.name);
    if (runner) runners.keep(runner, 0);
    return one(res, {
      model: body.model,
      created_at: created(),
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'unload',
    });
  }
  const capabilities = model.capabilities ?? ['completion'];
  const canThink = capabilities.includes('thinking');
  if (body.think !== undefined && body.think !== false && !canThink) {
    return fail(res, 400, `"${body.model}" does not support thinking`);
  }
  if (!capabilities.includes('completion')) return fail(res, 400, `"${body.model}" does not support chat`);

  let loaded: Awaited<ReturnType<Runners['load']>>;
  try {
    loaded = await runners.load(model, body, signal);
  } catch (error) {
    if (signal.aborted) return 'canceled';
    return fail(res, 500, error instanceof Error ? error.message : String(error));
  }
  const { runner, loadMs } = loaded;
  if (messages.length === 0) {
    runners.keep(runner, body.keep_alive);
    return one(res, {
      model: body.model,
      created_at: created(),
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'load',
    });
  }
  runner.running++;
  try {
    return await generate(body, canThink, reply(), runner.numCtx, loadMs, res, signal, settings);
  } finally {
    runner.running--;
    runners.keep(runner, body.keep_alive);
  }
}

async function generate(
  body: ChatBody,
  canThink: boolean,
  reply: ScriptedReply,
  numCtx: number,
  loadMs: number,
  res: ServerResponse,
  signal: AbortSignal,
  settings: ChatSettings,
): Promise<Outcome> {
  if (reply.status !== undefined) return fail(res, reply.status, reply.error ?? `HTTP ${reply.status}`);
  const chars = (body.messages ?? []).reduce((sum, m) => sum + m.content.length, 0);
  let promptTokens = Math.ceil(chars / settings.charsPerToken);
  if (promptTokens >= numCtx) {
    if (body.truncate === false && !settings.ignoresTruncate) {
      const error = {
        code: 400,
        message: `request (${promptTokens} tokens) exceeds the available context size (${numCtx} tokens)`,
        type: 'exceed_context_size_error',
        n_prompt_tokens: promptTokens,
        n_ctx: numCtx,
      };
      return fail(res, 400, JSON.stringify({ error }));
    }
    // Status 200, and half of the prompt gone (contextShiftPromptLimit).
    promptTokens = Math.floor(numCtx / 2) + 2;
  }
  const thinking = canThink && body.think !== false ? (reply.thinking ?? 'Let me see what could help.') : '';
  const pieces = cut(reply, thinking, Number(body.options?.num_predict ?? -1), numCtx - promptTokens);
  const line = (value: object) => res.write(`${JSON.stringify(value)}\n`);
  const base = () => ({
    model: body.model,
    created_at: new Date().toISOString(),
    ...(reply.remoteHost === undefined ? {} : { remote_host: reply.remoteHost, remote_model: body.model }),
  });
  try {
    await wait(reply.firstDelayMs ?? 0, signal);
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const message of pieces.messages) {
      line({ ...base(), message: { role: 'assistant', ...message }, done: false });
      await wait(reply.delayMs ?? 0, signal);
    }
    if (reply.end === 'silence') await wait(2 ** 31 - 1, signal);
  } catch {
    return 'canceled';
  }
  const end = reply.end ?? 'done';
  if (end === 'reset') {
    res.destroy();
    return 'reset';
  }
  if (end === 'error') {
    line({ error: reply.error ?? 'an error was encountered while running the model: unexpected EOF' });
    res.end();
    return 'error';
  }
  if (end === 'done') {
    line({
      ...base(),
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: reply.doneReason ?? (pieces.whole ? 'stop' : 'length'),
      total_duration: 1e9,
      load_duration: Math.max(loadMs, 1) * 1e6,
      prompt_eval_count: reply.promptEvalCount ?? promptTokens,
      prompt_eval_duration: 1e8,
      eval_count: pieces.messages.length,
      eval_duration: Math.max(1, pieces.messages.length) * 2e7,
    });
  }
  res.end();
  return 'done';
}

/** The reply in chunks of about a token each, as far as num_predict and the context go. */
function cut(reply: ScriptedReply, thinking: string, numPredict: number, room: number) {
  const size = reply.chunk ?? 12;
  const split = (text: string) => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
  const inline = reply.inlineThinking === true && thinking !== '';
  const text = `${inline ? `<think>\n${thinking}\n</think>\n\n` : ''}${(reply.text ?? '').repeat(reply.times ?? 1)}`;
  const all: { content: string; thinking?: string }[] = [
    ...(inline ? [] : split(thinking).map((t) => ({ content: '', thinking: t }))),
    ...split(text).map((content) => ({ content })),
  ];
  const limit = Math.max(1, Math.min(numPredict > 0 ? numPredict : Number.POSITIVE_INFINITY, room));
  return { messages: all.slice(0, limit), whole: all.length <= limit };
}

function one(res: ServerResponse, value: object): Outcome {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(value));
  return 'done';
}

function fail(res: ServerResponse, status: number, error: string): Outcome {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify({ error }));
  return 'error';
}
