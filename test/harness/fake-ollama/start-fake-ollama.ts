import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { chat, type Outcome } from './chat.ts';
import { probeAnswer } from './probe-answer.ts';
import { Runners } from './runners.ts';
import { type ChatBody, type FakeModel, replyFor, type Script } from './script.ts';

export interface FakeOllamaOptions {
  models?: FakeModel[];
  /** Replies to chats, in order (the last one is repeated), or a function of the request. */
  script?: Script;
  port?: number;
  /** `0.33.0` unless told. */
  version?: string;
  /** ms to read the weights, and to give the memory back after the answer to an unload. */
  loadMs?: number;
  unloadMs?: number;
  charsPerToken?: number;
  /** A server that cuts long prompts although it was told not to. */
  ignoresTruncate?: boolean;
  /** Who answers the format probe: the fake, as a model that masters every form (unless told), or the script. */
  probes?: 'script';
  /** ms before any answer but to chats. */
  slowMs?: number;
}

/** One request that the fake has seen. */
export interface SeenRequest {
  method: string;
  path: string;
  body: unknown;
  /** null while it runs. */
  outcome: Outcome | null;
  /** A format probe that the fake has answered by itself. */
  probe?: true;
}

export interface FakeOllama {
  readonly url: string;
  /** Every request, in order of arrival. */
  readonly requests: SeenRequest[];
  /** Only the chats with messages; format probes only where the script answers them. */
  readonly chats: (SeenRequest & { body: ChatBody })[];
  /** Names of the models in memory now. */
  readonly loaded: string[];
  /** The most models that were in memory at the same time. */
  readonly mostAtOnce: number;
  /** How often a model was loaded. */
  loads(name: string): number;
  readonly control: {
    setScript(script: Script): void;
    setModels(models: FakeModel[]): void;
    setLoadMs(ms: number): void;
    /** As if the server had been killed: connections are cut, new ones refused. */
    stop(): Promise<void>;
    /** Listens again, on the same port, with nothing loaded. */
    start(): Promise<void>;
    /** As if it had been restarted before anybody could knock in vain: connections are cut, nothing is loaded. */
    restart(): void;
  };
  close(): Promise<void>;
}

/** A fake Ollama over real HTTP, as the facts describe 0.33: answers, errors, loading, unloading, cancelling. */
export async function startFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  let models = options.models ?? [{ name: 'tiny-coder:latest' }];
  let script: Script = options.script ?? [];
  let chatIndex = 0;
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const runners = new Runners({ loadMs: options.loadMs ?? 0, unloadMs: options.unloadMs ?? 30 });
  const find = (name: string) => models.find((m) => m.name === name || m.name === `${name}:latest`);

  async function handle(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const body = await readBody(req);
    const path = (req.url ?? '/').split('?')[0]!;
    const seen: SeenRequest = { method: req.method ?? 'GET', path, body, outcome: null };
    requests.push(seen);
    const gone = new AbortController();
    res.on('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    if (path !== '/api/chat' && options.slowMs) await new Promise((r) => setTimeout(r, options.slowMs));
    const json = (value: unknown, status = 200) => {
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(value));
      seen.outcome = status < 400 ? 'done' : 'error';
    };
    const missing = (name: string) => json({ error: `model '${name}' not found` }, 404);
    const named = (body as { model?: string; name?: string } | null) ?? {};
    const name = named.model ?? named.name ?? '';
    if (path === '/') json('Ollama is running');
    else if (path === '/api/version') json({ version: options.version ?? '0.33.0' });
    else if (path === '/api/status') json({ cloud: { disabled: false, source: 'none' } });
    else if (path === '/api/tags') json({ models: models.map(listed) });
    else if (path === '/api/ps') json({ models: runners.list().map(running) });
    else if (path === '/api/show') {
      const model = find(name);
      if (model) json(shown(model));
      else missing(name);
    } else if (path === '/api/pull') {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      if (!find(name)) models = [...models, { name }];
      for (const status of ['pulling manifest', 'verifying sha256 digest', 'success'])
        res.write(`${JSON.stringify({ status })}\n`);
      res.end();
      seen.outcome = 'done';
    } else if (path === '/api/chat') {
      const chatBody = body as ChatBody;
      const model = find(chatBody.model);
      if (!model) {
        missing(chatBody.model);
        return;
      }
      const answer = options.probes === 'script' ? null : probeAnswer(chatBody);
      if (answer !== null) seen.probe = true;
      const reply = () => (answer === null ? replyFor(script, chatBody, chatIndex++) : { text: answer });
      seen.outcome = await chat(chatBody, model, reply, res, gone.signal, {
        runners,
        charsPerToken: options.charsPerToken ?? 3.4,
        ignoresTruncate: options.ignoresTruncate ?? false,
      });
    } else json({ error: 'not found' }, 404);
  }

  const server = http.createServer((req, res) => {
    handle(req, res).catch(() => res.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  const drop = () => {
    runners.clear();
    for (const socket of sockets) socket.destroy();
  };
  const stop = () =>
    new Promise<void>((resolve) => {
      drop();
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get chats() {
      const isChat = (r: SeenRequest): r is SeenRequest & { body: ChatBody } =>
        r.path === '/api/chat' && !r.probe && ((r.body as ChatBody).messages?.length ?? 0) > 0;
      return requests.filter(isChat);
    },
    get loaded() {
      return runners.list().map((r) => r.model.name);
    },
    get mostAtOnce() {
      return runners.mostAtOnce;
    },
    loads: (name) => runners.loads.get(name) ?? 0,
    control: {
      setScript(next) {
        script = next;
        chatIndex = 0;
      },
      setModels(next) {
        models = next;
      },
      setLoadMs(ms) {
        runners.times.loadMs = ms;
      },
      stop,
      start: () => listen(port),
      restart: drop,
    },
    close: stop,
  };
}

const gigabyte = 1e9;

function details(model: FakeModel) {
  return {
    parent_model: '',
    format: 'gguf',
    family: model.family ?? 'qwen3',
    families: [model.family ?? 'qwen3'],
    parameter_size: model.parameterSize ?? '8.2B',
    quantization_level: 'Q4_K_M',
  };
}

function remote(model: FakeModel) {
  return model.remoteHost === undefined ? {} : { remote_host: model.remoteHost, remote_model: model.name };
}

function listed(model: FakeModel) {
  return {
    name: model.name,
    model: model.name,
    modified_at: '2026-08-01T00:00:00Z',
    size: model.size ?? 5 * gigabyte,
    digest: Buffer.from(model.name).toString('hex').padEnd(64, '0').slice(0, 64),
    details: details(model),
    capabilities: model.capabilities ?? ['completion'],
    ...remote(model),
  };
}

function shown(model: FakeModel) {
  const arch = model.family ?? 'qwen3';
  return {
    modelfile: '',
    parameters: 'temperature 0.6',
    template: '{{ .Prompt }}',
    details: details(model),
    model_info: {
      'general.architecture': arch,
      [`${arch}.context_length`]: model.contextLength ?? 131_072,
      [`${arch}.block_count`]: 36,
      [`${arch}.embedding_length`]: 4096,
      [`${arch}.attention.head_count`]: 32,
      [`${arch}.attention.head_count_kv`]: 8,
    },
    capabilities: model.capabilities ?? ['completion'],
    ...remote(model),
  };
}

function running(runner: { model: FakeModel; numCtx: number; expiresAt: number }) {
  const size = Math.round((runner.model.size ?? 5 * gigabyte) * 1.2);
  return {
    ...listed(runner.model),
    size,
    size_vram: Math.round(size * (runner.model.onGpu ?? 1)),
    expires_at: new Date(runner.expiresAt).toISOString(),
    context_length: runner.numCtx,
  };
}

async function readBody(req: http.IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
