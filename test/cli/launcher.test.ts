import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/pawl.js', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawl-launcher-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const asNode = (version: string, newEnough: boolean, ...args: string[]) => {
  const pretend = join(folder, 'pretend.cjs');
  writeFileSync(
    pretend,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  // Copied away from the checkout, whose own Node would take over.
  cpSync(join(launcher, '..'), join(folder, 'alone', 'bin'), { recursive: true });
  writeFileSync(join(folder, 'alone', 'package.json'), '{"type":"module"}');
  const started = newEnough ? launcher : join(folder, 'alone', 'bin', 'pawl.js');
  return spawnSync(process.execPath, ['-r', pretend, started, ...args], { encoding: 'utf8' });
};

test.each(['0.10.48', '12.22.12', '18.20.8', '20.20.2', '22.11.9'])(
  'Node %s is told what to do, without a stack',
  (version) => {
    const ran = asNode(version, false, 'run');
    expect(ran.status).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(
      `pawl needs Node 22.12 or newer; this is Node ${version} (${process.execPath}).`,
    );
    expect(ran.stderr).toMatch(/npm ci/);
    expect(ran.stderr).toMatch(/install Node 24/);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  },
);

test('an old Node hands over to the one that the checkout brings', () => {
  const pretend = join(folder, 'old.cjs');
  writeFileSync(
    pretend,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`,
  );
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['-r', pretend, launcher, ...args], { encoding: 'utf8' });
  expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  expect(run('lst')).toMatchObject({ status: 2, stderr: expect.stringContaining("Did you mean 'list'?") });
});

test.each(['22.12.0', '24.21.0', '100.0.0'])('Node %s is good enough', (version) => {
  expect(asNode(version, true, '--version')).toMatchObject({ status: 0, stderr: '' });
});

test('without a build it says how to make one', () => {
  cpSync(join(launcher, '..'), join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'dist'));
  const ran = spawnSync(process.execPath, [join(folder, 'bin', 'pawl.js'), 'run'], { encoding: 'utf8' });
  expect(ran.status).toBe(2);
  expect(ran.stderr).toMatch(/pawl is not built yet: .*dist\/pawl.mjs is missing.\nRun: {2}npm run build\n$/);
});

test('it works from any folder, through a link, with a path that has spaces', () => {
  const ran = spawnSync(
    'sh',
    ['-c', 'ln -s "$0" "a link" && exec "$1" "./a link" --version', launcher, process.execPath],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  expect(ran).toMatchObject({ status: 0, stderr: '' });
});
