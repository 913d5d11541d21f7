import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatChunk } from '../../../src/propose/ollama/client.ts';
import { chooseNumCtx, TokenRate, wasTruncated } from '../../../src/propose/ollama/context-size.ts';
import { InlineThinking } from '../../../src/propose/ollama/inline-thinking.ts';
import { repeatsItself } from '../../../src/propose/ollama/repetition.ts';
import { readReply } from '../../../src/propose/ollama/stream.ts';
import { numPredict, thinkField } from '../../../src/propose/ollama/think.ts';

const feed = (pieces: string[]) => {
  const inline = new InlineThinking();
  const out = { thinking: '', answer: '' };
  for (const part of [...pieces.flatMap((p) => inline.push(p)), ...inline.end()])
    out[part.channel] += part.text;
  return out;
};

describe('inline thinking', () => {
  test('is the same however the stream is cut', () => {
    const texts = [
      '<think>a < b </thin k></think>\n\nHYPOTHESIS: x',
      'no tags <think>in code</think>',
      '  <thinking>\nhm</thinking>y',
      '<table>',
      '<think>never closed',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.nat(60), { maxLength: 12 }), (text, cuts) => {
        const at = [0, ...cuts.map((c) => c % (text.length + 1)).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => text.slice(at[i]!, end));
        expect(feed(pieces)).toEqual(feed([text]));
      }),
    );
  });
  test('sorts', () => {
    expect(feed(['<think>a</think>\n\nb'])).toEqual({ thinking: 'a', answer: 'b' });
    expect(feed(['x <think>a</think>'])).toEqual({ thinking: '', answer: 'x <think>a</think>' });
    expect(feed(['<think>a'])).toEqual({ thinking: 'a', answer: '' });
  });
});

describe('repetition', () => {
  test('three times 400 characters, or many times a few, is a loop', () => {
    const unit = Array.from({ length: 70 }, (_, i) => `line ${i}`)
      .join('')
      .slice(0, 400);
    expect(repeatsItself(`start ${unit.repeat(3)}`)).toBe(true);
    expect(repeatsItself(`start ${unit.repeat(2)}`)).toBe(false);
    expect(repeatsItself(`start ${'ha '.repeat(500)}`)).toBe(true);
    expect(repeatsItself(' \n'.repeat(700))).toBe(true);
  });
  test('code with alike lines is none', () => {
    const code = Array.from({ length: 100 }, (_, i) => `self.layer_${i} = nn.Linear(width, width)`).join(
      '\n',
    );
    expect(repeatsItself(code)).toBe(false);
  });
});

test('a remote chunk ends it', async () => {
  async function* chunks() {
    yield { message: { content: 'x' }, remote_host: 'https://ollama.com' } as unknown as ChatChunk;
  }
  await expect(readReply(chunks(), () => {})).rejects.toThrow('runs on https://ollama.com');
});

describe('sizes', () => {
  const need = {
    promptTokens: 3000,
    numPredict: 4096,
    margin: 1000,
    trainContext: null,
    setting: 'auto' as const,
  };
  test.each([
    [need, 8192],
    [{ ...need, promptTokens: 4000 }, 16384],
    [{ ...need, promptTokens: 24_000 }, 32768],
    [{ ...need, promptTokens: 90_000 }, 65536],
    [{ ...need, trainContext: 4096 }, 4096],
    [{ ...need, promptTokens: 9000, trainContext: 10_000 }, 10_000],
    [{ ...need, setting: 12_000 }, 12_000],
    [{ ...need, setting: 12_000, trainContext: 8000 }, 8000],
  ])('%#', (n, expected) => {
    expect(chooseNumCtx(n)).toBe(expected);
  });
  test('rate learns from believable counts only', () => {
    const rate = new TokenRate();
    rate.learn(4000, 1000);
    expect(rate.charsPerToken).toBe(4);
    rate.learn(4000, 100);
    rate.learn(40, 10);
    expect(rate.charsPerToken).toBe(4);
    expect(wasTruncated(10_000, 5000)).toBe(true);
    expect(wasTruncated(10_000, 8000)).toBe(false);
  });
});

test('think follows what the model can', () => {
  const plain = { capabilities: ['completion'], family: 'llama' };
  const thinker = { capabilities: ['completion', 'thinking'], family: 'qwen3' };
  const oss = { capabilities: ['completion', 'thinking'], family: 'gptoss' };
  expect([plain, thinker, oss].map((m) => thinkField(m, 'auto'))).toEqual([undefined, false, 'low']);
  expect([plain, thinker, oss].map((m) => thinkField(m, true))).toEqual([undefined, true, 'medium']);
  expect(thinkField(oss, false)).toBe('low');
  expect(thinkField(oss, 'high')).toBe('high');
  expect([numPredict(false, null), numPredict(true, null), numPredict(undefined, 9000)]).toEqual([
    4096, 12288, 12212,
  ]);
});
