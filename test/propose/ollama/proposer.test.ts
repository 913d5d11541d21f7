import { afterEach, describe, expect, test, vi } from 'vitest';
import { detectOllama } from '../../../src/propose/ollama/detect.ts';
import { createOllamaProposer, type OllamaProposerOptions } from '../../../src/propose/ollama/proposer.ts';
import { UnreadableReply } from '../../../src/propose/proposer.ts';
import { EnvironmentFailure, UserError } from '../../../src/protocol/failure.ts';
import type { Settings } from '../../../src/protocol/settings.ts';
import type { ChatBody } from '../../harness/fake-ollama/script.ts';
import {
  type FakeOllama,
  type FakeOllamaOptions,
  startFakeOllama,
} from '../../harness/fake-ollama/start-fake-ollama.ts';
import { surface } from '../surface-sample.ts';
import { context, modelSettings, row, screen } from './sample-context.ts';

const good =
  'HYPOTHESIS: A larger step learns faster.\nEXPECT: lower\nFAMILY: learning rate\nSET LEARNING_RATE = 0.02\n';
const wrong =
  'HYPOTHESIS: x\nEDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.5\n=======\nLEARNING_RATE = 0.6\n>>>>>>> REPLACE\n';
const noMatch = {
  code: 'no-match' as const,
  why: 'SEARCH text not found in train.py',
  feedback: 'The nearest real lines: LEARNING_RATE = 0.01',
};
const thinker = { name: 'thinker:8b', capabilities: ['completion', 'thinking'] };

let fake: FakeOllama;
afterEach(() => fake?.close());

async function world(
  options: FakeOllamaOptions = {},
  settings: Partial<Settings['model']> = {},
  more: Partial<OllamaProposerOptions> = {},
) {
  fake = await startFakeOllama({ script: [good], ...options });
  const proposer = createOllamaProposer({
    settings: { ...modelSettings, ...settings },
    env: { OLLAMA_HOST: fake.url },
    // What it can write is known: no exercise before the first question.
    form: 'edit',
    ...more,
  });
  return proposer;
}

describe('a proposal', () => {
  test('comes out whole, streamed, with its prompt and numbers', async () => {
    const proposer = await world();
    await proposer.prepare(surface);
    expect(proposer.info).toMatchObject({ kind: 'ollama', model: 'tiny-coder:latest' });
    const seen = screen();
    const proposal = await proposer.open(context(), seen.io).next(null);
    expect(proposal).toMatchObject({
      hypothesis: 'A larger step learns faster.',
      family: 'learning rate',
      edits: [{ kind: 'constant', path: null, name: 'LEARNING_RATE', value: '0.02' }],
      constants: [{ path: 'train.py', name: 'LEARNING_RATE', from: 0.01, to: 0.02 }],
      reply: good,
    });
    expect(proposal.tokens).toBeGreaterThan(3);
    expect(proposal.prompt).toContain('LEARNING_RATE = 0.01');
    expect(seen.text('answer')).toBe(good);
    expect(seen.pulses[0]).toMatchObject({
      type: 'model.started',
      n: 3,
      attempt: 1,
      model: 'tiny-coder:latest',
      numCtx: 16384,
    });
    expect(seen.pulses.at(-1)).toMatchObject({ type: 'model.stats', stage: 'done' });
    const { body } = fake.chats[0]!;
    expect(body).toMatchObject({
      truncate: false,
      shift: false,
      stream: true,
      keep_alive: '30m',
      options: { num_ctx: 16384, num_predict: 4096, temperature: 0.7, top_p: 0.95, seed: 7 },
    });
    expect(body).not.toHaveProperty('think');
    expect(body).not.toHaveProperty('format');
  });

  test('what can be applied already is shown while the model still writes', async () => {
    const two =
      'HYPOTHESIS: x\nEDIT train.py\n<<<<<<< SEARCH\nLEARNING_RATE = 0.01\n=======\nLEARNING_RATE = 0.02\n>>>>>>> REPLACE\nand that is all.\n';
    const proposer = await world({ script: [two] });
    const seen = screen();
    await proposer.open(context(), seen.io).next(null);
    const drafts = seen.pulses.filter((p) => p.type === 'diff');
    expect(drafts).toHaveLength(1);
    expect(drafts[0]).toMatchObject({ n: 3, draft: true });
    expect(drafts[0]!.type === 'diff' && drafts[0]!.text).toMatch(
      /^-LEARNING_RATE = 0.01\n\+LEARNING_RATE = 0.02$/m,
    );
    expect(seen.pulses.indexOf(drafts[0]!)).toBeLessThan(seen.pulses.length - 1);
  });

  test('one num_ctx for five experiments of growing history: the model is loaded once', async () => {
    const proposer = await world();
    await proposer.prepare(surface);
    const history = [];
    for (let n = 1; n <= 5; n++) {
      await proposer.open(context({ n, seed: n, history: [...history] }), screen().io).next(null);
      for (let i = 0; i < 10; i++) history.push(row(n * 10 + i));
    }
    expect(fake.chats).toHaveLength(5);
    expect(new Set(fake.chats.map((c) => c.body.options?.num_ctx)).size).toBe(1);
    expect(new Set(fake.chats.map((c) => c.body.options?.seed)).size).toBe(5);
    expect(fake.loads('tiny-coder:latest')).toBe(1);
  });

  test('a refused edit goes back in the same chat, without the thinking', async () => {
    const proposer = await world(
      { models: [thinker], script: [{ text: wrong, thinking: 'secret plan' }, good] },
      { think: true },
    );
    const session = proposer.open(context(), screen().io);
    const first = await session.next(null);
    expect(first.reply).toContain('secret plan');
    const second = await session.next(noMatch);
    expect(second.constants).toHaveLength(1);
    const { messages = [], options } = fake.chats[1]!.body;
    expect(messages.map((m) => m.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[2]!.content).toBe(wrong.trim());
    expect(messages[3]!.content).toContain('The nearest real lines: LEARNING_RATE = 0.01');
    expect(JSON.stringify(messages)).not.toContain('secret plan');
    expect(options).toMatchObject({ temperature: 0.8, seed: 8 });
    expect(fake.loads(thinker.name)).toBe(1);
  });

  test('an unreadable reply is thrown with its refusal, and can be mended', async () => {
    const proposer = await world({ script: ['I would lower the rate.', good] });
    const session = proposer.open(context(), screen().io);
    const error = await session.next(null).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnreadableReply);
    const { refusal, reply, prompt } = error as UnreadableReply;
    expect([refusal.code, reply]).toEqual(['format', 'I would lower the rate.']);
    expect(prompt).toContain('# Task');
    await expect(session.next(refusal)).resolves.toMatchObject({ family: 'learning rate' });
  });

  test('a reply cut at num_predict is refused as truncated', async () => {
    const proposer = await world({ script: [{ text: good, doneReason: 'length' }] });
    const error = await proposer
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect((error as UnreadableReply).refusal.code).toBe('truncated');
  });
});

describe('thinking', () => {
  test('off by default where a model can, levels for gpt-oss', async () => {
    const oss = { name: 'gpt-oss:20b', family: 'gptoss', capabilities: ['completion', 'thinking'] };
    for (const [model, think, predict] of [
      [thinker, false, 4096],
      [oss, 'low', 12288],
    ] as const) {
      const proposer = await world({ models: [{ ...model, capabilities: [...model.capabilities] }] });
      await proposer.open(context(), screen().io).next(null);
      expect(fake.chats[0]!.body).toMatchObject({ think, options: { num_predict: predict } });
      await fake.close();
    }
  });
  test('is kept apart from the answer, in its field and inline', async () => {
    const proposer = await world(
      {
        models: [thinker],
        script: [
          { text: good, thinking: 'hm' },
          { text: good, thinking: 'hmm', inlineThinking: true, chunk: 3 },
        ],
      },
      { think: true },
    );
    for (const thought of ['hm', '\nhmm\n']) {
      const seen = screen();
      const proposal = await proposer.open(context(), seen.io).next(null);
      expect(seen.text('thinking')).toBe(thought);
      expect(seen.text('answer')).toBe(good);
      expect(proposal.edits).toHaveLength(1);
    }
  });
  test('that eats the whole reply is turned off', async () => {
    const long = Array.from({ length: 3000 }, (_, i) => `thought ${i} `).join('');
    const proposer = await world(
      { models: [thinker], script: [{ text: '', thinking: long, doneReason: 'length', chunk: 50 }, good] },
      { think: true },
    );
    const seen = screen();
    await proposer.open(context(), seen.io).next(null);
    expect(fake.chats.map((c) => c.body.think)).toEqual([true, false]);
    expect(seen.notes()).toContain('thinking took the whole reply: asking again without');
  });
  test('refused by the server is left out from then on', async () => {
    const proposer = await world({ models: [thinker] });
    await proposer.prepare(surface);
    fake.control.setModels([{ ...thinker, capabilities: ['completion'] }]);
    const forced = await world({ models: [thinker] }, { think: true });
    await forced.prepare(surface);
    fake.control.setModels([{ ...thinker, capabilities: ['completion'] }]);
    await forced.open(context(), screen().io).next(null);
    expect(fake.chats.map((c) => c.body.think)).toEqual([true, undefined]);
  });
});

describe('faults that are tried again', () => {
  test.each([
    ['a stream without its end', { text: 'HYPOTHESIS: x', end: 'no-done' as const }],
    ['a connection that breaks', { text: 'HYPOTHESIS: x', end: 'reset' as const }],
    ['a loop', { text: 'again and again ', times: 500 }],
  ])('%s', async (_name, fault) => {
    const proposer = await world({ script: [fault, good] });
    const seen = screen();
    await proposer.open(context(), seen.io).next(null);
    const [a, b] = fake.chats.map((c) => c.body.options!);
    expect(b!.seed).not.toBe(a!.seed);
    expect(Number(b!.temperature)).toBeGreaterThan(Number(a!.temperature));
    expect(seen.pulses.some((p) => p.type === 'model.stats' && p.stage === 'retrying')).toBe(true);
  });

  test('a loop is cut short, and after three loops the reply is refused', async () => {
    const proposer = await world({ script: [{ text: 'again and again ', times: 4000, delayMs: 1 }] });
    const error = await proposer
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnreadableReply);
    expect(fake.chats).toHaveLength(3);
    await vi.waitFor(() =>
      expect(fake.chats.map((c) => c.outcome)).toEqual(['canceled', 'canceled', 'canceled']),
    );
  });
});

describe('faults that hold the run', () => {
  test.each([
    [
      'busy',
      { status: 503, error: 'server busy, please try again.  maximum pending requests exceeded' },
      /busy/,
      /Wait/,
    ],
    [
      'out of memory',
      {
        status: 500,
        error: 'llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory',
      },
      /Not enough memory/,
      /smaller model/,
    ],
    [
      'cannot load',
      { status: 500, error: 'llama-server process has terminated: exit status 2' },
      /could not run/,
      /log/,
    ],
    [
      'stalled load',
      { status: 500, error: 'timed out waiting for llama-server to start - progress 0.50' },
      /could not run/,
      /log/,
    ],
    [
      'runner died',
      {
        status: 500,
        error: 'model runner has unexpectedly stopped, this may be due to resource limitations',
      },
      /could not run/,
      /log/,
    ],
    [
      'error in the stream',
      {
        text: 'HYPO',
        end: 'error' as const,
        error: 'an error was encountered while running the model: CUDA error: out of memory',
      },
      /Not enough memory/,
      /smaller model/,
    ],
    ['anything else', { status: 500, error: 'the disk is on fire' }, /the disk is on fire/, /log/],
    ['bad request', { status: 400, error: 'invalid options: num_predict' }, /did not accept/, /Update/],
    [
      'cloud off',
      { status: 403, error: 'ollama cloud is disabled: remote inference is unavailable' },
      /does not run on this machine/,
      /local model/,
    ],
    [
      'an alias that runs elsewhere',
      { text: good, remoteHost: 'https://ollama.com' },
      /https:\/\/ollama\.com/,
      /local model/,
    ],
    ['connections that always break', { text: 'x', end: 'reset' as const }, /closed the connection/, /serve/],
  ])('%s', async (_name, reply, message, next) => {
    const proposer = await world({ script: [reply] });
    await proposer.prepare(surface);
    const error = await proposer
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EnvironmentFailure);
    expect((error as EnvironmentFailure).message).toMatch(message);
    expect((error as EnvironmentFailure).next).toMatch(next);
  });

  test('the server gone, and back again', async () => {
    const proposer = await world();
    await proposer.prepare(surface);
    await fake.control.stop();
    const error = await proposer
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect((error as EnvironmentFailure).message).toContain(`does not answer at ${fake.url}`);
    expect((error as EnvironmentFailure).retryMs).toBe(15_000);
    await fake.control.start();
    await expect(proposer.open(context(), screen().io).next(null)).resolves.toMatchObject({
      family: 'learning rate',
    });
  });

  test('a question that a failure left unanswered is asked again as it was', async () => {
    const proposer = await world({ script: [wrong, { status: 503, error: 'server busy' }, good] });
    const session = proposer.open(context(), screen().io);
    await session.next(null);
    await expect(session.next(noMatch)).rejects.toThrow(EnvironmentFailure);
    await session.next(noMatch);
    const [, failed, again] = fake.chats.map((c) => c.body);
    expect(again!.messages).toEqual(failed!.messages);
    expect(again!.messages).toHaveLength(4);
    expect(again!.options).toEqual(failed!.options);
  });

  test('the model removed in the night', async () => {
    const proposer = await world();
    await proposer.prepare(surface);
    fake.control.setModels([]);
    const error = await proposer
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EnvironmentFailure);
    expect((error as EnvironmentFailure).next).toContain('ollama pull tiny-coder:latest');
  });

  test('too slow to load, or silent in the middle', async () => {
    const slow = await world({ loadMs: 60_000 }, {}, { deadlines: { firstChunk: 50 } });
    await slow.prepare(surface);
    const loading = await slow
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect((loading as EnvironmentFailure).message).toContain('not loaded and answering within');
    await vi.waitFor(() => expect(fake.chats[0]!.outcome).toBe('canceled'));
    await fake.close();
    const silent = await world(
      { script: [{ text: good, delayMs: 60_000 }] },
      {},
      { deadlines: { idle: 50 } },
    );
    const stalled = await silent
      .open(context(), screen().io)
      .next(null)
      .catch((e: unknown) => e);
    expect((stalled as EnvironmentFailure).message).toContain('no token for');
  });
});

describe('the size of the context', () => {
  test('a prompt that the server finds too long is shortened by its own count', async () => {
    const history = Array.from({ length: 200 }, (_, i) => row(i + 1, { hypothesis: 'long '.repeat(28) }));
    const proposer = await world({ charsPerToken: 0.9 }, { numCtx: 8192 });
    const seen = screen();
    await proposer.open(context({ history }), seen.io).next(null);
    expect(fake.chats.length).toBeGreaterThan(1);
    expect(fake.chats.at(-1)!.outcome).toBe('done');
    expect(fake.loads('tiny-coder:latest')).toBe(1);
    expect(seen.notes()).toContain('the prompt was too long: shortening it');
  });

  test('a prompt that was cut without a word is noticed', async () => {
    const history = Array.from({ length: 450 }, (_, i) => row(i + 1));
    // The server runs 2048 whatever was asked, as one that caps by the real model would.
    const proposer = await world({
      ignoresTruncate: true,
      models: [{ name: 'm:latest', contextLength: 2048 }],
    });
    await proposer.prepare(surface);
    fake.control.setModels([{ name: 'm:latest', contextLength: 1024 }]);
    const small = await world({ ignoresTruncate: true, models: [{ name: 'm:latest' }] });
    await small.prepare(surface);
    fake.control.setModels([{ name: 'm:latest', contextLength: 5000 }]);
    await small.open(context({ history }), screen().io).next(null);
    const sizes = fake.chats.map((c) => c.body.options?.num_ctx);
    expect(sizes).toEqual([expect.any(Number), 5000]);
    expect(Number(sizes[0])).toBeGreaterThan(5000);
  });

  test('a surface that can never fit is refused before anything starts', async () => {
    const proposer = await world({ models: [{ name: 'm:latest', contextLength: 2048 }] });
    const huge = new Map([['train.py', 'x = 1\n'.repeat(3000)]]);
    await expect(proposer.prepare(huge)).rejects.toThrow(/surface has about \d+ tokens/);
  });
});

describe('the format probe', () => {
  const isProbe = (body: ChatBody) => body.messages!.at(-1)!.content.includes('File probe.py:');
  const lost = 'HYPOTHESIS: x\nEDIT probe.py\n<<<<<<< SEARCH\nnot there\n=======\nx = 1\n>>>>>>> REPLACE\n';

  test('comes once, before the first question, with the context of the questions; its words are kept', async () => {
    const proposer = await world({}, {}, { form: null });
    const seen = screen();
    const first = await proposer.open(context(), seen.io).next(null);
    expect(first.asked).toEqual({
      form: 'edit',
      why: 'format probe: begins with SEARCH/REPLACE edits',
    });
    expect(first.prompt).toMatch(/^<!-- format probe: system -->[\s\S]*File probe\.py:/);
    expect(first.reply).toMatch(/^<!-- format probe -->\n[\s\S]*>>>>>>> REPLACE\n\n/);
    expect(first.reply.endsWith(good)).toBe(true);
    const second = await proposer.open(context({ n: 4 }), screen().io).next(null);
    expect([second.reply, second.asked?.form]).toEqual([good, 'edit']);
    const chats = fake.requests.filter((r) => r.path === '/api/chat').map((r) => r.body as ChatBody);
    expect(chats.map(isProbe)).toEqual([true, false, false]);
    expect(new Set(chats.map((c) => c.options!.num_ctx)).size).toBe(1);
    expect(chats[0]!.options).toMatchObject({ temperature: 0, num_predict: 700 });
    expect(fake.loads('tiny-coder:latest')).toBe(1);
  });

  test('a model that cannot edit begins with whole files, or with constants where it cannot write these', async () => {
    const proposer = await world(
      { probes: 'script', script: (body) => (isProbe(body) ? lost : good) },
      {},
      { form: null },
    );
    const { asked } = await proposer.open(context(), screen().io).next(null);
    expect(asked!.form).toBe('constants');
    expect(asked!.why).toMatch(
      /^format probe: SEARCH\/REPLACE edits failed \(.+\); whole files failed \(.+\); begins with constants only$/,
    );
    expect(fake.chats.map((c) => isProbe(c.body))).toEqual([true, true, false]);
  });

  test('what the journal knows of a model needs no exercise', async () => {
    const proposer = await world({}, {}, { form: null });
    const replies = [{ model: 'tiny-coder:latest', form: 'constants' as const, code: null }];
    const { asked } = await proposer.open(context({ replies }), screen().io).next(null);
    expect(asked).toEqual({ form: 'constants', why: null });
    expect(fake.requests.filter((r) => r.probe)).toEqual([]);
  });
});

describe('abort', () => {
  test('before the first chunk cancels on the server', async () => {
    const proposer = await world({ loadMs: 60_000 });
    const stop = new AbortController();
    const asking = proposer.open(context(), screen(stop.signal).io).next(null);
    await vi.waitFor(() => expect(fake.chats).toHaveLength(1));
    stop.abort(new Error('skipped'));
    await expect(asking).rejects.toThrow('skipped');
    await vi.waitFor(() => expect(fake.chats[0]!.outcome).toBe('canceled'));
  });
  test('in the middle of a reply cancels on the server', async () => {
    const proposer = await world({ script: [{ text: good, delayMs: 20, chunk: 1 }] });
    const stop = new AbortController();
    const seen = screen(stop.signal);
    const asking = proposer.open(context(), seen.io).next(null);
    asking.catch(() => {});
    await vi.waitFor(() => expect(seen.text('answer')).not.toBe(''));
    stop.abort();
    await expect(asking).rejects.toThrow(/abort/i);
    await vi.waitFor(() => expect(fake.chats[0]!.outcome).toBe('canceled'));
    await expect(proposer.open(context(), screen(stop.signal).io).next(null)).rejects.toThrow(/abort/i);
  });
});

describe('the leased model', () => {
  test('unloads and waits until the memory is back', async () => {
    const proposer = await world({ unloadMs: 150 }, {}, { unload: { everyMs: 10 } });
    await proposer.prepare(surface);
    await proposer.open(context(), screen().io).next(null);
    expect(fake.loaded).toEqual(['tiny-coder:latest']);
    await proposer.leased!.unload();
    expect(fake.loaded).toEqual([]);
    const unload = fake.requests.filter((r) => r.path === '/api/chat').at(-1)!;
    expect(unload.body).toMatchObject({ model: 'tiny-coder:latest', messages: [], keep_alive: 0 });
    await proposer.leased!.unload();
    await proposer.open(context(), screen().io).next(null);
    expect(fake.loads('tiny-coder:latest')).toBe(2);
  });
  test('a model that stays holds the run; a server that is gone does not', async () => {
    const proposer = await world({ unloadMs: 60_000 }, {}, { unload: { everyMs: 10, timeoutMs: 50 } });
    await proposer.open(context(), screen().io).next(null);
    await expect(proposer.leased!.unload()).rejects.toThrow(/still holds/);
    await fake.control.stop();
    await proposer.leased!.unload();
  });
  test('the end leaves the machine as it was', async () => {
    const proposer = await world();
    await proposer.open(context(), screen().io).next(null);
    await proposer.close();
    await vi.waitFor(() => expect(fake.loaded).toEqual([]));
  });
  test('is loaded ahead with the options of the question, so that it is loaded once', async () => {
    const proposer = await world({ loadMs: 20 });
    await proposer.prepare(surface);
    const signal = new AbortController().signal;
    expect(await proposer.leased!.preload(signal)).toBe(false);
    await proposer.open(context(), screen().io).next(null);
    await proposer.leased!.unload();
    expect(await proposer.leased!.preload(signal)).toBe(true);
    expect(fake.loads('tiny-coder:latest')).toBe(2);
    await proposer.open(context(), screen().io).next(null);
    expect(fake.loads('tiny-coder:latest')).toBe(2);
  });
  test('a load ahead is given up at once', async () => {
    const proposer = await world({ loadMs: 0 });
    await proposer.open(context(), screen().io).next(null);
    await proposer.leased!.unload();
    fake.control.setLoadMs(60_000);
    const stop = new AbortController();
    const loading = proposer.leased!.preload(stop.signal);
    await vi.waitFor(() => expect(fake.loaded).toHaveLength(1));
    stop.abort(new Error('the trial is next'));
    await expect(loading).rejects.toThrow(/the trial is next/);
    await vi.waitFor(() => expect(fake.loaded).toEqual([]));
  });
  test('its memory: reckoned before it is loaded, as the server says afterwards', async () => {
    const proposer = await world({ models: [{ name: 'scripted:7b', size: 8 * 2 ** 30, onGpu: 0.5 }] });
    await proposer.prepare(surface);
    // 2 x 36 layers x 8 heads x 128 x 2 bytes x 16384 tokens = 2304 MiB beside weights and 1 GiB.
    expect(await proposer.leased!.memory()).toEqual({
      name: 'scripted:7b',
      totalMiB: 8192 + 2304 + 1024,
      loadedMiB: null,
    });
    await proposer.open(context(), screen().io).next(null);
    const memory = await proposer.leased!.memory();
    expect(memory!.loadedMiB! / memory!.totalMiB).toBeCloseTo(0.5);
    await fake.control.stop();
    expect(await proposer.leased!.memory()).toMatchObject({ loadedMiB: null });
  });
  test.each([
    ['swap', '30m', undefined],
    ['coresident', -1, undefined],
    ['cpu', -1, 0],
    ['none', '30m', undefined],
  ] as const)('%s: kept for %s', async (sharing, keepAlive, numGpu) => {
    const proposer = await world();
    proposer.leased!.share(sharing);
    await proposer.open(context(), screen().io).next(null);
    expect(fake.chats[0]!.body.keep_alive).toBe(keepAlive);
    expect(fake.chats[0]!.body.options?.num_gpu).toBe(numGpu);
  });
  test('one that was there before is kept no longer than Ollama does by itself', async () => {
    const proposer = await world();
    const other = createOllamaProposer({ settings: modelSettings, env: { OLLAMA_HOST: fake.url } });
    await other.open(context(), screen().io).next(null);
    await proposer.prepare(surface);
    proposer.leased!.share('coresident');
    await proposer.open(context(), screen().io).next(null);
    await proposer.close();
    expect(fake.loaded).toHaveLength(1);
    expect(fake.requests.at(-1)!.body).toMatchObject({ messages: [], keep_alive: '5m' });
    expect(fake.loads('tiny-coder:latest')).toBe(1);
  });
});

describe('which model', () => {
  const models = [
    { name: 'nomic-embed-text:latest', size: 3e8, capabilities: ['embedding'] },
    { name: 'small:1b', size: 1e9 },
    { name: 'middle:8b', size: 5e9 },
    { name: 'huge:120b', size: 65e9 },
    { name: 'glm:cloud', size: 0 },
    { name: 'alias:latest', size: 0, remoteHost: 'https://ollama.com' },
  ];
  test('auto takes the largest local one that fits, or one that is loaded', async () => {
    const proposer = await world({ models }, {}, { memoryMiB: 8192 });
    await proposer.prepare(surface);
    expect(proposer.info.model).toBe('middle:8b');
    await fetch(`${fake.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify({ model: 'small:1b', messages: [] }),
    });
    await proposer.prepare(surface);
    expect(proposer.info).toMatchObject({ model: 'small:1b', why: 'it is loaded already' });
  });
  test.each([
    ['glm:cloud', /cloud model/],
    ['gpt-oss:120b-cloud', /cloud model/],
    ['alias', /runs? on this machine but on https:\/\/ollama\.com/],
    ['nomic-embed-text', /cannot write text/],
    ['nope:7b', /ollama pull nope:7b/],
  ])('%s is refused', async (name, message) => {
    const proposer = await world({ models }, { name });
    const error = await proposer.prepare(surface).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
    expect(fake.chats).toEqual([]);
  });
  test('an old server, no model, no server', async () => {
    await expect((await world({ version: '0.12.5' })).prepare(surface)).rejects.toThrow(/too old.*0\.12\.6/);
    await fake.close();
    await expect((await world({ models: [] })).prepare(surface)).rejects.toThrow(/ollama pull/);
    await fake.control.stop();
    const gone = createOllamaProposer({ settings: modelSettings, env: { OLLAMA_HOST: fake.url } });
    await expect(gone.prepare(surface)).rejects.toThrow(EnvironmentFailure);
  });
  test('part of the model on the CPU is said', async () => {
    const proposer = await world({ models: [{ name: 'm:latest', onGpu: 0.5 }] });
    const seen = screen();
    await proposer.open(context(), seen.io).next(null);
    expect(
      seen.pulses.some((p) => p.type === 'notice' && p.text.includes('50 % of m:latest runs on the CPU')),
    ).toBe(true);
  });
});

describe('detect', () => {
  test('usable, with the reason', async () => {
    fake = await startFakeOllama();
    expect(await detectOllama({ OLLAMA_HOST: fake.url })).toMatchObject({
      usable: true,
      model: 'tiny-coder:latest',
    });
  });
  test('not usable: nobody there, no model, elsewhere, too slow', async () => {
    fake = await startFakeOllama({ models: [], slowMs: 400 });
    const env = { OLLAMA_HOST: fake.url };
    expect(await detectOllama(env)).toMatchObject({
      usable: false,
      why: expect.stringContaining('no model'),
    });
    // The server's answer would be that there is no model: it was not waited for.
    const late = await detectOllama(env, { deadlineMs: 50 });
    expect(late).toMatchObject({ usable: false });
    expect((late as { why: string }).why).not.toContain('no model');
    await fake.control.stop();
    expect(await detectOllama(env)).toMatchObject({
      usable: false,
      why: expect.stringContaining('does not answer'),
    });
    expect(await detectOllama({ OLLAMA_HOST: 'example.com' })).toMatchObject({ usable: false });
  });
});
