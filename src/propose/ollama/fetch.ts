import http from 'node:http';
import https from 'node:https';
import { mustBeLetThrough } from './let-through.ts';
import { lookUpLocalhost } from './loopback.ts';

/** Limits of one call, ms. */
export interface Deadlines {
  /** Until the connection stands. */
  connect: number;
  /** From the request to the first bytes: loading the model and reading the prompt happen in it. */
  firstChunk: number;
  /** Between two chunks of a stream. */
  idle: number;
  total: number;
}

/** For a chat with a model that may have to be loaded. */
export const chatDeadlines: Deadlines = {
  connect: 5_000,
  firstChunk: 600_000,
  idle: 120_000,
  total: 1_800_000,
};
/** For questions that Ollama answers from memory. */
export const askDeadlines: Deadlines = { connect: 5_000, firstChunk: 10_000, idle: 10_000, total: 20_000 };

/** A limit was passed; the connection is closed, which cancels the work on the server. */
export class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
  readonly stage: keyof Deadlines;
  readonly limitMs: number;
  constructor(stage: keyof Deadlines, limitMs: number) {
    super(`Ollama: no ${stage} within ${limitMs} ms`);
    this.stage = stage;
    this.limitMs = limitMs;
  }
}

/** Bytes that an answer may have: a hundred times what num_predict lets a model say, with all that stands around it. */
export const maxReplyBytes = 16 * 1024 * 1024;

/** A server that does not stop: the connection is closed, which ends the generation too. */
export class ReplyTooLarge extends Error {
  override name = 'ReplyTooLarge';
  constructor() {
    super(`the reply did not end within ${maxReplyBytes / 1024 / 1024} MiB`);
  }
}

/**
 * A fetch for ollama-js on node:http. Node's own fetch gives up 300 s after the request when no header came, and
 * Ollama sends its headers with the first chunk, after loading; and ollama-js cannot cancel before headers came.
 * This one obeys `signal` at any moment and its own deadlines only, opens one connection per call, and never lets
 * ollama-js see a body that it would print to the console (bad JSON). It follows no redirect and connects to no other
 * machine that the user has not agreed to.
 */
export function httpFetch(deadlines: Deadlines, signal: AbortSignal | null): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const signals = [signal, init?.signal].filter((s) => s != null);
    return call(url, init ?? {}, deadlines, AbortSignal.any(signals));
  };
}

function call(url: URL, init: RequestInit, deadlines: Deadlines, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    // Here, where the connection is made: whoever read the address, and however, this is what counts.
    mustBeLetThrough(url);
    const body = typeof init.body === 'string' ? Buffer.from(init.body) : null;
    const headers: Record<string, string> = {};
    new Headers(init.headers).forEach((value, key) => {
      headers[key] = value;
    });
    if (body) headers['content-length'] = String(body.length);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: init.method ?? 'GET',
      headers,
      // No pool: a connection that idled while a trial ran may be dead without anyone knowing.
      agent: false,
      ...(url.hostname === 'localhost' ? { lookup: lookUpLocalhost } : {}),
    });
    let failed: unknown = null;
    let response: http.IncomingMessage | null = null;
    let over = false;
    const fail = (error: unknown) => {
      failed ??= error;
      done();
      request.destroy();
      response?.destroy(failed as Error);
      reject(failed);
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const total = setTimeout(() => fail(new DeadlinePassed('total', deadlines.total)), deadlines.total);
    let step = setTimeout(() => fail(new DeadlinePassed('connect', deadlines.connect)), deadlines.connect);
    const within = (stage: 'firstChunk' | 'idle') => {
      clearTimeout(step);
      if (over) return;
      step = setTimeout(() => fail(new DeadlinePassed(stage, deadlines[stage])), deadlines[stage]);
    };
    const done = () => {
      over = true;
      clearTimeout(step);
      clearTimeout(total);
      signal.removeEventListener('abort', onAbort);
    };
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => within('firstChunk'));
      else within('firstChunk');
    });
    request.on('close', () => {
      if (response === null) {
        done();
        reject(failed ?? new Error('Ollama closed the connection'));
      }
    });
    request.on('error', (error) => {
      done();
      reject(failed ?? error);
    });
    request.once('response', (message) => {
      response = message;
      // Whoever reads gets the error; without a reader it must not bring the process down.
      message.on('error', () => {});
      message.on('close', done);
      within('idle');
      const chunks = watch(
        message,
        () => within('idle'),
        done,
        () => failed,
      );
      toResponse(message, chunks).then(resolve, reject);
    });
    request.end(body ?? undefined);
  });
}

/** The bytes of a response, keeping the deadline alive; says the reason of our own abort instead of `aborted`. */
async function* watch(
  message: http.IncomingMessage,
  alive: () => void,
  done: () => void,
  reason: () => unknown,
): AsyncGenerator<Buffer> {
  try {
    let bytes = 0;
    for await (const chunk of message) {
      alive();
      bytes += (chunk as Buffer).length;
      if (bytes > maxReplyBytes) throw new ReplyTooLarge();
      yield chunk as Buffer;
    }
  } catch (error) {
    throw reason() ?? error;
  } finally {
    done();
    message.destroy();
  }
}

async function toResponse(message: http.IncomingMessage, chunks: AsyncGenerator<Buffer>): Promise<Response> {
  const status = message.statusCode ?? 500;
  const stream = /ndjson/.test(message.headers['content-type'] ?? '');
  if (status >= 200 && status < 300 && stream) {
    return new Response(ReadableStream.from(jsonLines(chunks)), {
      status,
      headers: { 'content-type': 'application/x-ndjson' },
    });
  }
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const text = Buffer.concat(parts).toString('utf8');
  const json = isJson(text) ? text : JSON.stringify({ error: text.trim() || `HTTP ${status}` });
  // A proxy's HTML page with status 200 is an error too: nothing of Ollama answers that way.
  const code = json === text || status >= 300 ? status : 502;
  return new Response(json, {
    status: code < 200 ? 502 : code,
    headers: { 'content-type': 'application/json' },
  });
}

/** Whole lines that are JSON objects. A line cut by a dying server is left out: ollama-js then misses its end and says so. */
async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop()!;
    const good = lines.filter(isJson);
    if (good.length > 0) yield Buffer.from(`${good.join('\n')}`.concat('\n'));
  }
  rest += decoder.decode();
  if (isJson(rest)) yield Buffer.from(`${rest}\n`);
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
