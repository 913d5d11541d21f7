import { expect, test } from 'vitest';
import { maskEvent, maskPulses } from '../../src/engine/mask-outlets.ts';
import type { EventBody } from '../../src/protocol/events.ts';
import type { Pulse } from '../../src/protocol/pulse.ts';
import { createMask, masked } from '../../src/protocol/secrets.ts';

const mask = createMask({ APP_TOKEN: 'opensesame-1001' });

test('events keep no secret in what others said', () => {
  const proposed = maskEvent(mask, {
    type: 'experiment.proposed',
    n: 1,
    attempt: 1,
    hypothesis: 'use opensesame-1001',
    expect: null,
    family: 'opensesame-1001',
    constants: [],
    seconds: 1,
    tokens: 3,
  });
  expect(proposed).toMatchObject({ hypothesis: `use ${masked}`, expect: null, family: masked, tokens: 3 });
  const ended = { type: 'run.ended', outcome: 'failed', why: 'x', exitCode: 1 } as const;
  expect(maskEvent(mask, { ...ended, tail: [] })).toEqual({ ...ended, tail: [] });
  expect(maskEvent(mask, { ...ended, tail: ['a', 'opensesame-1001'] })).toEqual({
    ...ended,
    tail: ['a', masked],
  });
});

test('what a model said paints no terminal and turns no text around, also when read from the journal', () => {
  const proposed: EventBody<'experiment.proposed'> = {
    type: 'experiment.proposed',
    n: 1,
    attempt: 1,
    hypothesis: '\x1b[31mred\x1b[0m \u202eevil\u202c\x07 wider',
    expect: '\x1b]0;title\x07lower',
    family: 'wi\u200bdth',
    constants: [],
    seconds: 1,
    tokens: 3,
  };
  const plain = { hypothesis: 'red evil wider', expect: 'lower', family: 'width' };
  expect(maskEvent(mask, proposed)).toEqual({ ...proposed, ...plain });
  const rejected = { type: 'experiment.rejected', n: 1, attempt: 1, code: 'no-file' } as const;
  expect(maskEvent(mask, { ...rejected, why: 'no file a\x1b[2J\nb' } as never)).toMatchObject({
    why: 'no file a b',
  });
  const rewritten = { type: 'persona.rewritten', persona: 'p', n: 2, file: 'f', why: 'w' } as const;
  expect(maskEvent(mask, { ...rewritten, text: 'You \x1b[1mdoubt.\n\u202eAlways.' })).toMatchObject({
    text: 'You doubt.\nAlways.',
  });
  // A secret does not get through in two halves with nothing between them.
  expect(maskEvent(mask, { ...proposed, hypothesis: 'opensesame\u200b-1001' })).toMatchObject({
    hypothesis: masked,
  });
});

test('what others said has an end in the journal', () => {
  const ended = { type: 'run.ended', outcome: 'failed', exitCode: 1 } as const;
  const event = maskEvent(mask, {
    ...ended,
    why: 'x'.repeat(1_000_000),
    tail: Array(5000).fill('y'.repeat(9000)),
  });
  expect(JSON.stringify(event).length).toBeLessThan(900_000);
  const name = 'n'.repeat(64);
  expect(maskEvent(mask, { ...ended, why: name })).toEqual({ ...ended, why: name });
});

test('pulses keep none either, also when tokens cut it in two', () => {
  const sent: Pulse[] = [];
  const send = maskPulses(mask, (pulse) => sent.push(pulse));
  const tokens = (text: string, channel: 'thinking' | 'answer' = 'answer') =>
    send({ type: 'model.tokens', n: 1, channel, text });
  tokens('the key is open', 'thinking');
  tokens('sesame-10', 'thinking');
  tokens('01 I think', 'thinking');
  tokens('Answer');
  send({
    type: 'model.stats',
    n: 1,
    stage: 'done',
    tokens: 9,
    tokensPerSecond: 1,
    promptTokens: 1,
    note: null,
  });
  const text = (channel: string) =>
    sent.flatMap((p) => (p.type === 'model.tokens' && p.channel === channel ? [p.text] : [])).join('');
  expect(text('thinking')).toBe(`the key is ${masked} I think`);
  expect(text('answer')).toBe('Answer');
  expect(sent.at(-1)!.type).toBe('model.stats');
  send({ type: 'log', n: 1, k: 0, lines: ['token opensesame-1001'], live: 'opensesame-1001', dropped: 0 });
  expect(sent.at(-1)).toMatchObject({ lines: [`token ${masked}`], live: masked });
});
