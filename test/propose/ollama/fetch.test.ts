import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { clientFor, streamChat } from '../../../src/propose/ollama/client.ts';
import {
  chatDeadlines,
  DeadlinePassed,
  httpFetch,
  maxReplyBytes,
} from '../../../src/propose/ollama/fetch.ts';
import { letThrough, mustBeLetThrough } from '../../../src/propose/ollama/let-through.ts';
import { type FakeOllama, startFakeOllama } from '../../harness/fake-ollama/start-fake-ollama.ts';

let fake: FakeOllama | null = null;
let raw: http.Server | null = null;
afterEach(async () => {
  await fake?.close();
  raw?.closeAllConnections();
  raw?.close();
  fake = null;
  raw = null;
  vi.restoreAllMocks();
});

const call = {
  model: 'tiny-coder:latest',
  messages: [{ role: 'user', content: 'hi' }],
  keep_alive: '5m',
  options: { num_ctx: 8192, num_predict: 100, temperature: 0.7, top_p: 0.95, seed: 1 },
};

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  raw = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("late headers do not matter, however short the limit of Node's own fetch is", async () => {
  fake = await startFakeOllama({ script: [{ text: 'late', firstDelayMs: 2500 }] });
  const key = Symbol.for('undici.globalDispatcher.1');
  const scope = globalThis as unknown as Record<symbol, { constructor: new (o: object) => object }>;
  await fetch(`${fake.url}/api/version`);
  const before = scope[key]!;
  scope[key] = new before.constructor({ headersTimeout: 200 }) as typeof before;
  try {
    const body = JSON.stringify({ ...call, stream: true });
    const theirs = fetch(`${fake.url}/api/chat`, { method: 'POST', body }).catch((e: Error) => e);
    let text = '';
    for await (const chunk of streamChat(fake.url, call, chatDeadlines, new AbortController().signal))
      text += chunk.message.content;
    expect(text).toBe('late');
    expect(await theirs).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });
  } finally {
    scope[key] = before;
  }
});

test('leaving the loop early cancels on the server', async () => {
  const server = await startFakeOllama({ script: [{ text: 'x'.repeat(2000), chunk: 1, delayMs: 5 }] });
  fake = server;
  for await (const _ of streamChat(server.url, call, chatDeadlines, new AbortController().signal)) break;
  await vi.waitFor(() => expect(server.chats[0]!.outcome).toBe('canceled'));
});

test('every limit has its name', async () => {
  const signal = new AbortController().signal;
  const stage = async (url: string, deadlines: Partial<typeof chatDeadlines>) => {
    try {
      for await (const _ of streamChat(url, call, { ...chatDeadlines, ...deadlines }, signal));
    } catch (error) {
      return error instanceof DeadlinePassed ? error.stage : error;
    }
    return 'none';
  };
  fake = await startFakeOllama({
    script: [{ text: 'x'.repeat(400), chunk: 1, firstDelayMs: 100, delayMs: 100 }],
  });
  expect(await stage(fake.url, { firstChunk: 20 })).toBe('firstChunk');
  expect(await stage(fake.url, { idle: 20 })).toBe('idle');
  expect(await stage(fake.url, { total: 300 })).toBe('total');
});

test('what is not JSON never reaches the console', async () => {
  const spies = (['log', 'warn', 'error'] as const).map((m) =>
    vi.spyOn(console, m).mockImplementation(() => {}),
  );
  const url = await serve((req, res) => {
    if (req.url === '/api/version')
      res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>bad gateway</h1>');
    else if (req.url === '/api/tags')
      res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>log in</h1>');
    else {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      res.write('{"message":{"content":"a"},"done":false}\n\nrubbish\n{"message":{"content":"é');
      setImmediate(() => res.end('"},"done":false}\n{"cut'));
    }
  });
  const client = clientFor(url, chatDeadlines, null);
  await expect(client.version()).rejects.toThrow('bad gateway');
  await expect(client.list()).rejects.toThrow('log in');
  let text = '';
  const reading = (async () => {
    for await (const c of streamChat(url, call, chatDeadlines, new AbortController().signal))
      text += c.message.content;
  })();
  await expect(reading).rejects.toThrow('Did not receive done');
  expect(text).toBe('aé');
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});

test('nobody there', async () => {
  const url = await serve(() => {});
  raw!.close();
  await expect(httpFetch(chatDeadlines, null)(`${url}/x`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(httpFetch(chatDeadlines, AbortSignal.abort(new Error('no')))(url)).rejects.toThrow('no');
});

test('a call that is over keeps no process alive', async () => {
  fake = await startFakeOllama({ script: ['hello'] });
  const client = new URL('../../../src/propose/ollama/client.ts', import.meta.url).href;
  const code = `import { runningModels, streamChat } from ${JSON.stringify(client)};
    const limits = { connect: 60000, firstChunk: 60000, idle: 60000, total: 60000 };
    for await (const c of streamChat(process.argv[1], ${JSON.stringify(call)}, limits, new AbortController().signal)) process.stdout.write(c.message.content);
    await runningModels(process.argv[1], limits);`;
  // A timer left behind would hold it for a minute: the limit kills it and fails the test.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code, fake.url],
    {
      timeout: 20_000,
    },
  );
  expect(stdout).toBe('hello');
});

test.each([
  ['in one line', 'x'.repeat(64 * 1024)],
  ['in many', `${JSON.stringify({ message: { content: 'x'.repeat(60_000) }, done: false })}\n`],
])('a server that never stops is hung up on: %s', async (_how, piece) => {
  let sent = 0;
  let closed = false;
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.on('close', () => {
      closed = true;
    });
    const more = () => {
      while (!closed) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
    };
    more();
  });
  const read = async () => {
    for await (const _ of streamChat(url, call, chatDeadlines, new AbortController().signal));
  };
  await expect(read()).rejects.toMatchObject({ name: 'ReplyTooLarge' });
  expect(sent).toBeLessThan(maxReplyBytes * 2);
  await vi.waitFor(() => expect(closed).toBe(true));
});

test('no connection to another machine that nobody agreed to, however the address came here', async () => {
  for (const url of ['http://192.0.2.2?x.localhost', 'http://[::ffff:192.0.2.2]:80/', 'http://x.localhost/'])
    await expect(httpFetch(chatDeadlines, null)(url)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('Nothing was sent'),
    });
});

test('what was agreed to is that server, not its neighbour', () => {
  letThrough('http://192.0.2.7:8080/ollama');
  mustBeLetThrough(new URL('http://192.0.2.7:8080/api/chat'));
  for (const other of ['http://192.0.2.7:8081/', 'https://192.0.2.7:8080/', 'http://192.0.2.8:8080/'])
    expect(() => mustBeLetThrough(new URL(other))).toThrow('have not agreed');
});

test('localhost is found here', async () => {
  const url = (await serve((_request, response) => response.end('{"version":"1"}'))).replace(
    '127.0.0.1',
    'localhost',
  );
  expect(await (await httpFetch(chatDeadlines, null)(url)).json()).toEqual({ version: '1' });
  raw!.close();
  raw!.closeAllConnections();
  await expect(httpFetch(chatDeadlines, null)(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
