import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openTerminalInput, type TerminalInput } from '../../../src/screen/terminal/terminal-input.ts';
import { FakeStdin } from '../../harness/ink-terminal.ts';

const opened: TerminalInput[] = [];
afterEach(() => {
  for (const input of opened.splice(0)) input.close();
});

function open() {
  const stdin = new FakeStdin();
  const written: string[] = [];
  const focus: boolean[] = [];
  const backgrounds: string[] = [];
  const input = openTerminalInput(stdin as never, (codes) => written.push(codes), {
    focus: (focused) => focus.push(focused),
    background: (background) => backgrounds.push(background),
  });
  opened.push(input);
  let keys = '';
  // As Ink does: letters of several bytes may come in parts.
  input.keys.setEncoding('utf8').on('data', (chunk: string) => {
    keys += chunk;
  });
  return { stdin, input, written, focus, backgrounds, keys: () => keys };
}

test('nothing is read before raw mode, nor after it', async () => {
  const t = open();
  t.stdin.write('early');
  await delay(5);
  expect(t.keys()).toBe('');
  t.input.keys.setRawMode(true);
  await expect.poll(t.keys).toBe('early');
  t.input.keys.setRawMode(false);
  t.stdin.write('for the editor');
  await delay(5);
  expect(t.keys()).toBe('early');
});

test('the answer decides, and keys pressed around it are kept', async () => {
  const t = open();
  const asked = t.input.askBackground(5000);
  expect(t.written.join('')).toBe('\x1b]11;?\x1b\\\x1b[c');
  t.stdin.write('j\x1b]11;rgb:fafa/fafa/fafa\x1b\\k\x1b[?62;22c\x1b[A');
  expect(await asked).toBe('light');
  await expect.poll(t.keys).toBe('jk\x1b[A');
});

test('a terminal that knows only its attributes does not keep anybody waiting', async () => {
  const t = open();
  const began = performance.now();
  const asked = t.input.askBackground(5000);
  t.stdin.write('\x1b[?1;2c');
  expect(await asked).toBeNull();
  expect(performance.now() - began).toBeLessThan(2500);
});

test('silence is no answer; a late one is heard and is no key', async () => {
  const t = open();
  expect(await t.input.askBackground(20)).toBeNull();
  t.stdin.write('\x1b]11;rgb:ff/ff/ff\x07q');
  await expect.poll(t.keys).toBe('q');
  expect(t.backgrounds).toEqual(['light']);
});

test('a late answer waits for who will hear it', async () => {
  const stdin = new FakeStdin();
  const input = openTerminalInput(stdin as never, () => {});
  opened.push(input);
  expect(await input.askBackground(5)).toBeNull();
  stdin.write('\x1b]11;rgb:ff/ff/ff\x07');
  await new Promise(setImmediate);
  const heard: string[] = [];
  input.listen({ background: (background) => heard.push(background) });
  expect(heard).toEqual(['light']);
});

test('what came while this process worked counts as an answer in time', async () => {
  const t = open();
  const asked = t.input.askBackground(20);
  // As a terminal's answer does: it comes with the first look at the input after a long piece of work.
  setTimeout(() => setImmediate(() => t.stdin.write('\x1b]11;rgb:ff/ff/ff\x07')), 1);
  const began = performance.now();
  while (performance.now() - began < 40);
  expect(await asked).toBe('light');
});

test('focus is asked for in raw mode only', () => {
  const t = open();
  t.input.reportFocus(true);
  expect(t.written).toEqual([]);
  t.input.keys.setRawMode(true);
  t.input.keys.setRawMode(false);
  t.input.keys.setRawMode(true);
  t.input.reportFocus(false);
  expect(t.written).toEqual(['\x1b[?1004h', '\x1b[?1004l', '\x1b[?1004h', '\x1b[?1004l']);
});

test('half an escape sequence is given on after a moment', async () => {
  const t = open();
  t.input.keys.setRawMode(true);
  t.stdin.write('\x1b[');
  await expect.poll(t.keys).toBe('\x1b[');
  t.stdin.write('\x1b');
  await expect.poll(t.keys).toBe('\x1b[\x1b');
});

test('however the bytes are cut, keys come through whole and reports do not', async () => {
  const piece = fc.constantFrom(
    'j',
    'é',
    '日',
    '\x1b[A',
    '\x1b[I',
    '\x1b[O',
    '\x1b]11;rgb:00/00/00\x07',
    '\x1b[?6c',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(8)), async (pieces, cuts) => {
      const t = open();
      t.input.keys.setRawMode(true);
      const bytes = Buffer.from(pieces.join(''));
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        // Written and read in the same turn, as a terminal's parts arrive close together.
        // Not right behind an Esc: alone it is a key and must not wait.
        const whole = bytes[at + cut - 1] === 0x1b ? cut + 1 : cut;
        const part = bytes.subarray(at, at + whole);
        if (part.length > 0) t.stdin.emit('data', part);
        at += part.length;
      }
      const wanted = pieces.filter(
        (p) => !['\x1b[I', '\x1b[O', '\x1b[?6c'].includes(p) && !p.startsWith('\x1b]'),
      );
      await expect.poll(t.keys, { timeout: 2000 }).toBe(wanted.join(''));
      expect(t.focus).toEqual(pieces.filter((p) => /^\x1b\[[IO]$/.test(p)).map((p) => p === '\x1b[I'));
      t.input.close();
    }),
    { numRuns: 60 },
  );
});
