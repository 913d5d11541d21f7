import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasConsent, saveConsent } from '../../src/config/consent.ts';
import { loadUserConfig, saveUserSetting } from '../../src/config/user-config.ts';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pawl-consent-'));
  env = { HOME: home, XDG_CONFIG_HOME: home };
});
afterEach(() => rmSync(home, { recursive: true }));
const written = () => readFileSync(join(home, 'pawl/config.yaml'), 'utf8');

const gpu = { remote: 'http://gpu:11434' };
const other = { remote: 'http://elsewhere.example:11434' };

test('a yes to one server is none to another, nor for another project', () => {
  expect(hasConsent(gpu, '/p', env)).toBe(false);
  saveConsent(gpu, '/p', env);
  expect(hasConsent(gpu, '/p', env)).toBe(true);
  expect(hasConsent(other, '/p', env)).toBe(false);
  expect(hasConsent({ remote: 'https://gpu:11434' }, '/p', env)).toBe(false);
  expect(hasConsent({ remote: 'http://gpu:11435' }, '/p', env)).toBe(false);
  expect(hasConsent(gpu, '/q', env)).toBe(false);
  expect(hasConsent('no-sandbox', '/p', env)).toBe(false);
  saveConsent(other, '/p', env);
  saveConsent(other, '/p', env);
  saveConsent('no-sandbox', '/p', env);
  for (const consent of [gpu, other, 'no-sandbox'] as const)
    expect(hasConsent(consent, '/p', env)).toBe(true);
  expect(loadUserConfig(env)).toMatchObject({
    problems: [],
    settings: {
      consent: {
        noSandbox: ['/p'],
        remote: [
          { folder: '/p', server: gpu.remote },
          { folder: '/p', server: other.remote },
        ],
      },
    },
  });
});

test('a folder alone, as an earlier version kept it, is asked again; what is not about it stays in force', () => {
  saveUserSetting(['consent'], { no_sandbox: ['/p'], remote: ['/p'] }, env);
  expect(loadUserConfig(env).problems).toEqual([]);
  expect(hasConsent(gpu, '/p', env)).toBe(false);
  expect(hasConsent('no-sandbox', '/p', env)).toBe(true);
  saveConsent(gpu, '/p', env);
  expect(hasConsent(gpu, '/p', env)).toBe(true);
  expect(hasConsent(other, '/p', env)).toBe(false);
});

test('true is all: the user wrote it themselves, and nothing is added to it', () => {
  saveUserSetting(['consent', 'remote'], true, env);
  const before = written();
  expect(hasConsent(gpu, '/p', env)).toBe(true);
  saveConsent(gpu, '/p', env);
  expect(written()).toBe(before);
});

test('a mistake in it is told, and is no yes', () => {
  saveConsent(gpu, '/p', env);
  writeFileSync(
    join(home, 'pawl/config.yaml'),
    'consent: {remote: [{folder: /p, servr: http://gpu:11434}]}\n',
  );
  expect(loadUserConfig(env).problems).toEqual([
    expect.stringMatching(/config\.yaml:1: consent\.remote\.0\.server: is missing/),
    expect.stringMatching(
      /consent\.remote\.0\.servr: unknown key\. Did you mean 'consent\.remote\.0\.server'/,
    ),
  ]);
  expect(hasConsent(gpu, '/p', env)).toBe(false);
});
