import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveConsent } from '../../src/config/consent.ts';
import { checkRemote } from '../../src/engine/remote-choice.ts';
import { mustBeLetThrough } from '../../src/propose/ollama/let-through.ts';
import type { Settings } from '../../src/protocol/settings.ts';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pawl-remote-'));
  env = { HOME: home, XDG_CONFIG_HOME: home };
});
afterEach(() => rmSync(home, { recursive: true }));

const settings = (host: string, allowRemote = true, proposer: Settings['proposer'] = 'ollama') => ({
  proposer,
  model: { host, allowRemote } as Settings['model'],
});

test('a pull that changes the host asks again, and until then no connection there can be made', () => {
  const [mine, theirs] = ['http://192.0.2.10:11434', 'http://192.0.2.11:11434'];
  expect(() => checkRemote(settings(mine), '/p', env)).toThrow(
    expect.objectContaining({ name: 'ConsentNeeded', exitCode: 3, to: { remote: mine } }),
  );
  expect(() => mustBeLetThrough(new URL(mine))).toThrow();
  saveConsent({ remote: mine }, '/p', env);
  checkRemote(settings('192.0.2.10'), '/p', env);
  mustBeLetThrough(new URL(mine));
  expect(() => checkRemote(settings(theirs), '/p', env)).toThrow(
    expect.objectContaining({ to: { remote: theirs }, message: expect.stringContaining(theirs) }),
  );
  // OLLAMA_HOST leads elsewhere as well.
  expect(() => checkRemote(settings('auto'), '/p', { ...env, OLLAMA_HOST: '192.0.2.11' })).toThrow(
    expect.objectContaining({ to: { remote: theirs } }),
  );
  expect(() => mustBeLetThrough(new URL(theirs))).toThrow();
});

test('nothing to ask for on this machine, and for the tuner', () => {
  for (const host of ['auto', '127.0.0.1:5', 'localhost', '0.0.0.0']) checkRemote(settings(host), '/p', env);
  checkRemote(settings('192.0.2.12', true, 'tuner'), '/p', env);
  expect(() => mustBeLetThrough(new URL('http://192.0.2.12:11434'))).toThrow();
});
