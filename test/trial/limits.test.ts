import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-limits-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// For root no folder is closed, so it runs as somebody else.
const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

const begin = `
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { DiskWatch } from './limits.ts';
mkdirSync('out/closed', { recursive: true });
const watch = new DiskWatch(['out'], 0, 2 * 1024 * 1024);
const name = (i) => Buffer.concat([Buffer.from('out/closed/'), Buffer.from([NAME + i])]);
for (let i = 0; i < 8; i++) writeFileSync(name(i), Buffer.alloc(1024 * 1024, i + 1));
chmodSync('out/closed', MODE);
const end = Date.now() + 20_000;
while (!watch.wroteTooMuch() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
const seen = watch.wroteTooMuch();
chmodSync('out/closed', MODE);
await watch.clear(['out']);
chmodSync('out/closed', 0o700);
console.log(seen, readdirSync('out/closed').length);
`;

test.skipIf(process.platform !== 'linux').each([
  ['in a folder that may not be read', '0o300', 48],
  ['in a folder that may not be written', '0o500', 48],
  ['under names that are no text', '0o700', 0xf0],
])('what a trial hides %s is counted, and cleared, all the same', (_where, mode, name) => {
  copyFileSync(
    fileURLToPath(new URL('../../src/trial/limits.ts', import.meta.url)),
    join(folder, 'limits.ts'),
  );
  writeFileSync(join(folder, 'main.ts'), begin.replaceAll('MODE', mode).replace('NAME', String(name)));
  for (const name of ['limits.ts', 'main.ts']) chmodSync(join(folder, name), 0o644);
  chmodSync(folder, 0o777);
  const node = join(folder, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const { stdout, stderr } = spawnSync(node, ['--no-warnings', 'main.ts'], {
    cwd: folder,
    encoding: 'utf8',
    env: { TMPDIR: tmpdir() },
    ...somebody,
  });
  expect(stdout.trim(), stderr).toBe('true 0');
});
