import { describe, expect, test } from 'vitest';
import { isLoopback, ollamaHost, parseHost } from '../../../src/propose/ollama/host.ts';

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
  ])('%s', (raw, url) => {
    expect(parseHost(raw).url).toBe(url);
  });
});

test.each(['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', 'localhost', 'a.localhost', 'LOCALHOST.'])(
  '%s is this machine',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  '10.0.0.1',
  '128.0.0.1',
  'example.com',
  '127.0.0.1.example.com',
  '::2',
  'fe80::1',
  'notlocalhost',
  '1',
])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});

test('elsewhere is refused unless allowed, and the message says where it came from', () => {
  const env = { OLLAMA_HOST: 'gpu.example.com' };
  expect(() => ollamaHost('auto', env, false)).toThrow(
    /gpu\.example\.com:11434 \(from OLLAMA_HOST\) is not on this machine/,
  );
  expect(ollamaHost('auto', env, true).url).toBe('http://gpu.example.com:11434');
  expect(ollamaHost('127.0.0.1:5', env, false)).toEqual({ url: 'http://127.0.0.1:5', from: 'pawl.yaml' });
});
