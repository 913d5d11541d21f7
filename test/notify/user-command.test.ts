import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { argumentsOf, type NewsMessage, runUserCommand } from '../../src/notify/user-command.ts';

const dir = mkdtempSync(join(tmpdir(), 'pawl-notify-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const message: NewsMessage = {
  event: 'held',
  title: 'the run is held',
  text: 'why; $(touch x) `y` "z"',
  run: 'nov20',
  project: '/p',
  at: '2026-11-20T03:12:00.000Z',
};

test.each([
  ['notify-send pawl', ['notify-send', 'pawl']],
  ['  a   b\tc ', ['a', 'b', 'c']],
  [`a "b c" 'd "e'`, ['a', 'b c', 'd "e']],
  [`a b\\ c "d\\"e" ''`, ['a', 'b c', 'd"e', '']],
  ['echo $HOME *.txt | cat; rm -rf /', ['echo', '$HOME', '*.txt', '|', 'cat;', 'rm', '-rf', '/']],
  ['"open', null],
  ['', []],
] as const)('%s is split without a shell', (command, expected) => {
  expect(argumentsOf(command)).toEqual(expected);
});

test('whatever the arguments are, quoting them gives them back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii' })), (args) => {
      const quoted = args.map((arg) => `'${arg.replaceAll("'", `'"'"'`)}'`).join(' ');
      expect(argumentsOf(quoted)).toEqual(args);
    }),
  );
});

test('the command gets one JSON object on its standard input', async () => {
  const out = join(dir, 'got.json');
  expect(await runUserCommand(['tee', out], message)).toBeNull();
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(message);
});

test('one that does not read its input is no failure', async () => {
  expect(await runUserCommand('true', { ...message, text: 'x'.repeat(500_000) })).toBeNull();
});

test('what goes wrong is said in one line', async () => {
  expect(await runUserCommand('/no/such/program x', message)).toMatch(/could not be started: .*ENOENT/);
  expect(
    await runUserCommand([process.execPath, '-e', 'console.error("no server");process.exit(3)'], message),
  ).toMatch(/ended with code 3: no server$/);
  expect(await runUserCommand('"', message)).toMatch(/a quote is not closed/);
});

test('one that never ends is stopped, with what it started', async () => {
  const began = performance.now();
  const wrong = await runUserCommand(['sh', '-c', 'sleep 60 & echo $! >&2; wait'], message, 300);
  expect(wrong).toMatch(/was stopped after 0.3 s/);
  expect(performance.now() - began).toBeLessThan(10_000);
});
