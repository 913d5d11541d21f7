import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { Ollama } from 'ollama';
import { describe, expect, test } from 'vitest';
import { ollamaHost, parseHost, remoteHost } from '../../../src/propose/ollama/host.ts';
import { isLoopback, lookUpLocalhost } from '../../../src/propose/ollama/loopback.ts';

describe('read as Ollama reads OLLAMA_HOST', () => {
  test.each([
    ['', 'http://127.0.0.1:11434'],
    ['1.2.3.4', 'http://1.2.3.4:11434'],
    [' "127.0.0.1:1234" ', 'http://127.0.0.1:1234'],
    [':1234', 'http://127.0.0.1:1234'],
    ['localhost', 'http://localhost:11434'],
    ['http://localhost', 'http://localhost:80'],
    ['https://localhost', 'https://localhost:443'],
    ['https://localhost:8443/ollama/', 'https://localhost:8443/ollama'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:99999', 'http://127.0.0.1:11434'],
    ['localhost:abc', 'http://localhost:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::]:1', 'http://[::1]:1'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]:5000/x', 'http://[::1]:5000/x'],
    ['0:0:0:0:0:0:0:1', 'http://[::1]:11434'],
    ['http://0.0.0.0:5', 'http://127.0.0.1:5'],
    ['LOCALHOST.', 'http://localhost:11434'],
    ['0x7f.1', 'http://127.0.0.1:11434'],
    ['2130706433:80', 'http://127.0.0.1:80'],
    ['0', 'http://127.0.0.1:11434'],
    ['Bücher.example', 'http://xn--bcher-kva.example:11434'],
  ])('%s', (raw, url) => {
    expect(parseHost(raw)).toBe(url);
  });
});

test.each(['127.0.0.1', '127.9.9.9', '[::1]', 'localhost', '[::ffff:7f00:1]', '[::ffff:7fff:1]'])(
  '%s is this machine',
  (host) => {
    expect(new URL(`http://${host}`).hostname).toBe(host);
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  '10.0.0.1',
  '128.0.0.1',
  'example.com',
  '127.0.0.1.example.com',
  '[::2]',
  '[fe80::1]',
  '[::ffff:c000:202]',
  '[::7f00:1]',
  'notlocalhost',
  'a.localhost',
  '0.0.0.1',
])('%s is not', (host) => {
  expect(new URL(`http://${host}`).hostname).toBe(host);
  expect(isLoopback(host)).toBe(false);
});

const twoFaced = [
  'http://192.0.2.2?x.localhost',
  'http://evil.example#.localhost',
  'http://evil.example\\.localhost',
  'evil.example?.localhost',
  'https://evil.example?.localhost:443',
  'http://user@evil.example?.localhost',
  'http://127.0.0.1@evil.example',
  'evil.example/@localhost',
  'evil.example\t.localhost',
  'evil%2eexample',
  'evil.example／.localhost',
  'evil.example＃.localhost',
  'evil.example＠localhost',
  '256.256.256.256',
  '[::1]evil.example',
  '[fe80::1%lo]',
];
test.each(twoFaced)('%s is refused as it is written, allowed or not', (host) => {
  for (const allowed of [false, true])
    expect(() => ollamaHost(host, {}, allowed)).toThrow(/model\.host in pawl\.yaml is not the address/);
  expect(() => remoteHost(host, {})).toThrow('is not the address');
  expect(() => ollamaHost('auto', { OLLAMA_HOST: host }, true)).toThrow('OLLAMA_HOST is not the address');
});

describe('whatever is accepted without consent is this machine, also for the one who connects', () => {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');

  /** Where ollama-js would go, by its own reading of the address. */
  async function connectedTo(host: string): Promise<URL> {
    let url = '';
    const fetch = (input: string) => {
      url = input;
      return Promise.resolve(new Response('{"version":"1"}'));
    };
    await new Ollama({ host, fetch: fetch as typeof globalThis.fetch }).version();
    return new URL(url);
  }

  const byte = fc.constantFrom(0, 1, 2, 10, 127, 192, 255);
  const inBase = (n: number, base: number) =>
    base === 16 ? `0x${n.toString(16)}` : base === 8 ? `0${n.toString(8)}` : String(n);
  const base = fc.constantFrom(8, 10, 16);
  const ipv4 = fc.tuple(byte, byte, byte, byte);
  const plain = ipv4.map((bytes) => bytes.join('.'));
  const host = fc.oneof(
    plain,
    fc.tuple(ipv4, fc.array(base, { minLength: 4, maxLength: 4 })).map(([bytes, bases]) => {
      return bytes.map((n, i) => inBase(n, bases[i]!)).join('.');
    }),
    fc.tuple(ipv4, base).map(([[a, b, c, d], as]) => inBase(((a * 256 + b) * 256 + c) * 256 + d, as)),
    fc.tuple(byte, byte, base).map(([a, d, as]) => `${inBase(a, as)}.${d}`),
    plain.map((ip) => `[::ffff:${ip}]`),
    plain.map((ip) => `::${ip}`),
    fc.ipV6(),
    fc.constantFrom(
      'localhost',
      'LocalHost',
      '[::1]',
      '[::]',
      'ⓛocalhost',
      'x.localhost',
      '１２７.0.0.1',
      '127。0。0。1',
    ),
    fc.constantFrom('evil.example', 'localhost.evil.example', 'evil.example.localhost', 'xn--localhost-3ya'),
  );
  const glue = fc.constantFrom(
    '',
    '.',
    '?',
    '#',
    '\\',
    '@',
    '/',
    ':',
    ':80',
    '%',
    ' ',
    '\t',
    '&',
    ';',
    ',',
    '／',
    '..',
  );
  const scheme = fc.constantFrom(
    '',
    'http://',
    'https://',
    'HTTP://',
    '//',
    'http:',
    'ftp://',
    'http:///',
    '://',
  );
  const address = fc
    .tuple(scheme, host, glue, fc.oneof(fc.constant(''), host, fc.string({ maxLength: 6 })), glue)
    .map((parts) => parts.join(''));

  test('property', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: address }, fc.string({ unit: 'grapheme' })),
        async (text) => {
          let url: string;
          try {
            url = ollamaHost(text, {}, false).url;
          } catch (error) {
            expect(error).toMatchObject({ name: 'UserError' });
            return;
          }
          accepted += 1;
          expect(remoteHost(text, {})).toBeNull();
          const { hostname } = await connectedTo(url);
          if (hostname === 'localhost') return;
          const ip = hostname.replace(/^\[|\]$/g, '');
          expect(isIP(ip), hostname).not.toBe(0);
          expect(loopback.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4'), hostname).toBe(true);
        },
      ),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test('localhost is asked of no resolver', () => {
    const answers: unknown[] = [];
    for (const options of [{}, { family: 6 }, { all: true }])
      lookUpLocalhost('localhost', options, (_error, address, family) => answers.push([address, family]));
    expect(answers).toEqual([
      ['127.0.0.1', 4],
      ['::1', 6],
      [
        [
          { address: '127.0.0.1', family: 4 },
          { address: '::1', family: 6 },
        ],
        undefined,
      ],
    ]);
  });
});

test('elsewhere is refused unless allowed, and the message says where it came from', () => {
  const env = { OLLAMA_HOST: 'gpu.example.com' };
  expect(() => ollamaHost('auto', env, false)).toThrow(
    /gpu\.example\.com:11434 \(from OLLAMA_HOST\) is not on this machine/,
  );
  expect(ollamaHost('auto', env, true).url).toBe('http://gpu.example.com:11434');
  expect(ollamaHost('127.0.0.1:5', env, false)).toEqual({ url: 'http://127.0.0.1:5', from: 'pawl.yaml' });
});
