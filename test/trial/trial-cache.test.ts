import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTrialCache } from '../../src/trial/trial-cache.ts';
import { removeStubborn } from '../../src/workspace/leftovers.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pawl-cache-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (limits?: { bytes: number; entries: number }) =>
  openTrialCache({ work: join(dir, 'cache'), base: join(dir, 'base'), remove: removeStubborn }, limits);
const compile = (name: string, text = name) => {
  mkdirSync(join(dir, 'cache/triton'), { recursive: true });
  writeFileSync(join(dir, 'cache/triton', name), text);
};
const seen = () =>
  existsSync(join(dir, 'cache/triton')) ? readdirSync(join(dir, 'cache/triton')).sort() : [];

test('what the baseline and kept experiments compiled is handed on, what others left is not', async () => {
  const kept = new Set([0]);
  const trusted = (n: number) => kept.has(n);
  const cache = open();
  await cache.prepare(0, trusted);
  compile('baseline');
  await cache.prepare(0, trusted);
  expect(seen()).toEqual(['baseline']);
  await cache.prepare(1, trusted);
  expect(seen()).toEqual(['baseline']);
  compile('discarded');
  compile('baseline', 'poisoned');
  // Its own confirmation finds its own.
  await cache.prepare(1, trusted);
  expect(seen()).toEqual(['baseline', 'discarded']);
  await cache.prepare(2, trusted);
  expect(seen()).toEqual(['baseline']);
  expect(readFileSync(join(dir, 'cache/triton/baseline'), 'utf8')).toBe('baseline');
  compile('kept');
  kept.add(2);
  await cache.prepare(3, trusted);
  expect(seen()).toEqual(['baseline', 'kept']);
  // Reverted: nobody can tell its part from the others'.
  kept.delete(2);
  await cache.prepare(4, trusted);
  expect(seen()).toEqual([]);
});

test('an engine that takes the run up knows what it may use, and nothing of the trial that was cut off', async () => {
  const first = open();
  await first.prepare(0, () => true);
  compile('baseline');
  await first.prepare(1, (n) => n === 0);
  compile('cut-off');
  const second = open();
  await second.prepare(1, (n) => n === 0);
  expect(seen()).toEqual(['baseline']);
  rmSync(join(dir, 'base.json'));
  await open().prepare(2, () => true);
  expect(seen()).toEqual([]);
});

test('links are copied as links, locked folders go, and a cache that is too large is not handed on', async () => {
  const trusted = (n: number) => n === 0;
  const cache = open({ bytes: 100, entries: 10 });
  await cache.prepare(0, trusted);
  compile('small');
  symlinkSync('/etc', join(dir, 'cache/triton/link'));
  await cache.prepare(1, trusted);
  expect(seen()).toEqual(['link', 'small']);
  expect(existsSync(join(dir, 'base/triton/link/passwd'))).toBe(true);
  mkdirSync(join(dir, 'cache/locked/in'), { recursive: true });
  chmodSync(join(dir, 'cache/locked'), 0);
  await cache.prepare(0, trusted);
  expect(existsSync(join(dir, 'cache/locked'))).toBe(false);
  compile('large', 'x'.repeat(101));
  expect(await cache.prepare(2, trusted)).toMatch(/too large/);
  expect(seen()).toEqual([]);
  compile('x');
  expect(await cache.prepare(0, trusted)).toBe(null);
});
