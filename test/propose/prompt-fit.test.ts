import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { promptRoom } from '../../src/propose/ollama/context-size.ts';
import { buildPrompt } from '../../src/propose/prompt.ts';
import { replyForms } from '../../src/protocol/words.ts';
import { night } from './night-context.ts';
import { trainPy } from './surface-sample.ts';

const rate = { charsPerToken: 3.2 };

test.each([
  [2048, 512],
  [4096, 1024],
  [8192, 2048],
  [32_768, 4096],
])('the whole prompt of a night of 80 at num_ctx %i', async (numCtx, reply) => {
  const prompt = buildPrompt(night(80), { form: 'edit', maxTokens: promptRoom(numCtx, reply), ...rate });
  expect(prompt.fits).toBe(true);
  const text = `${prompt.system}\n\n----\n\n${prompt.user}\n\n---- left out: ${prompt.dropped.join('; ') || 'nothing'}\n`;
  await expect(text).toMatchFileSnapshot(`__snapshots__/prompt-${numCtx}.md`);
});

test('whatever the budget: kept to, the surface whole, the newest note and the last failure there to the end', () => {
  const long = fc.string({
    unit: fc.constantFrom('word ', 'x', '\n', '`', '```', '"', 'ä', '#'),
    maxLength: 900,
  });
  fc.assert(
    fc.property(
      fc.nat(400),
      fc.integer({ min: 200, max: 30_000 }),
      long,
      fc.array(long, { maxLength: 30 }),
      fc.constantFrom(...replyForms),
      (count, maxTokens, instructions, notes, form) => {
        const newest = 'the newest note';
        const context = night(count, {
          instructions,
          notes: [...notes, newest].map((text, i) => ({ id: String(i), text, sticky: false })),
        });
        const prompt = buildPrompt(context, { form, maxTokens, ...rate });
        const chars = prompt.system.length + prompt.user.length;
        expect(prompt.tokens).toBe(Math.ceil(chars / rate.charsPerToken));
        expect(prompt.fits).toBe(prompt.tokens <= maxTokens);
        expect(prompt.user).toContain(trainPy.trimEnd());
        expect(prompt.user).toContain('Constants now: LEARNING_RATE = 0.01');
        expect(prompt.user).toContain(`- ${newest}`);
        expect(prompt.user).toContain("NameError: name 'norm' is not defined");
        // What always goes in takes about 1,600 tokens here.
        if (maxTokens > 1800) expect(prompt.fits).toBe(true);
        if (!prompt.fits) expect(prompt.user).not.toContain('# What is known');
      },
    ),
    { numRuns: 80 },
  );
});

describe('the cache of the server', () => {
  /** Share of the later prompt that the earlier one begins with too. */
  const share = (a: { system: string; user: string }, b: { system: string; user: string }) => {
    const [x, y] = [a.system + a.user, b.system + b.user];
    let same = 0;
    while (same < y.length && x[same] === y[same]) same++;
    return same / y.length;
  };
  const steps = (maxTokens: number, over = {}) =>
    Array.from({ length: 60 }, (_, i) => 60 + i).map((count) =>
      buildPrompt(night(count, { lastFailure: null, notes: [], ...over }), {
        form: 'edit',
        maxTokens,
        ...rate,
      }),
    );
  const mean = (list: number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const shares = (prompts: ReturnType<typeof steps>) =>
    mean(prompts.slice(1).map((p, i) => share(prompts[i]!, p)));

  test('most of the prompt stays from experiment to experiment, also when history is cut', () => {
    expect(shares(steps(20_000))).toBeGreaterThan(0.85);
    expect(shares(steps(5_000))).toBeGreaterThan(0.75);
  });
  test('a keep changes the files and what follows; what comes before stays', () => {
    const before = buildPrompt(night(80), { form: 'edit', maxTokens: 20_000, ...rate });
    const surface = new Map([['train.py', trainPy.replace('LEARNING_RATE = 0.01', 'LEARNING_RATE = 0.02')]]);
    const after = buildPrompt(night(81, { surface }), { form: 'edit', maxTokens: 20_000, ...rate });
    const start = after.system.length + after.user.indexOf('LEARNING_RATE = 0.02');
    expect(share(before, after) * (after.system.length + after.user.length)).toBeGreaterThanOrEqual(start);
  });
});
