import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'pawl-limits-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// For root no folder is closed, so it runs as somebody else.
const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

const script = `
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { DiskWatch } from './limits.ts';
mkdirSync('out/closed', { recursive: true });
const watch = new DiskWatch(['out'], 0, 2 * 1024 * 1024);
for (let i = 0; i < 8; i++) writeFileSync('out/closed/' + i, Buffer.alloc(1024 * 1024, i + 1));
chmodSync('out/closed', 0o300);
const end = Date.now() + 20_000;
while (!watch.wroteTooMuch() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
const seen = watch.wroteTooMuch();
chmodSync('out/closed', 0o300);
await watch.clear(['out']);
console.log(seen, existsSync('out/closed/3'), statSync('out/closed').isDirectory());
`;

test.skipIf(process.platform !== 'linux')(
  'what lies in a folder that a trial has closed is counted, and cleared, all the same',
  () => {
    copyFileSync(
      fileURLToPath(new URL('../../src/trial/limits.ts', import.meta.url)),
      join(folder, 'limits.ts'),
    );
    writeFileSync(join(folder, 'main.ts'), script);
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
    expect(stdout.trim(), stderr).toBe('true false true');
  },
);
