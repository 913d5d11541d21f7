import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/init.ts';
import { loadSettings, parseSettings } from '../../src/config/load-config.ts';

const made: string[] = [];
vi.spyOn(process.stdout, 'write').mockReturnValue(true);
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

const folder = (files: Record<string, string>) => {
  const dir = mkdtempSync(join(tmpdir(), 'pawl-init-'));
  made.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
};
const settingsOf = (dir: string) => parseSettings(readFileSync(join(dir, 'pawl.yaml'), 'utf8'));

test('an autoresearch project: uv, program.md, val_bpb', async () => {
  const dir = folder({ 'train.py': 'print(f"val_bpb:          {x:.6f}")', 'uv.lock': '', 'program.md': '' });
  await run({ options: { dir }, args: [] });
  expect(settingsOf(dir)).toMatchObject({
    command: 'uv run train.py',
    instructions: 'program.md',
    surface: ['train.py'],
    metric: { name: 'val_bpb', direction: 'minimize' },
  });
});

test('what the command and the script need and git does not track is linked', async () => {
  const dir = folder({
    'train.py': 'open("data/train.bin"); open("vocab.json"); print("METRIC loss=1")',
    'vocab.json': '',
  });
  for (const name of ['.venv', 'data', 'notes']) mkdirSync(join(dir, name));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', 'vocab.json', 'train.py');
  await run({ options: { dir }, args: [] });
  expect(settingsOf(dir)).toMatchObject({ command: '.venv/bin/python train.py', link: ['.venv', 'data'] });
});

test('an accuracy goes up', async () => {
  const dir = folder({ 'train.mjs': 'console.log("METRIC accuracy=" + a)' });
  await run({ options: { dir }, args: [] });
  expect(settingsOf(dir).metric).toMatchObject({ name: 'accuracy', direction: 'maximize' });
});

test.each([
  ['tokens_per_sec', 'maximize', 'Raise'],
  ['error_score', 'minimize', 'Lower'],
  ['top5_loss', 'minimize', 'Lower'],
])('%s is to be %sd, as everywhere else', async (name, direction, verb) => {
  const dir = folder({ 'train.py': `print("METRIC ${name}=" + str(x))` });
  await run({ options: { dir }, args: [] });
  expect(settingsOf(dir)).toMatchObject({ goal: `${verb} ${name}.`, metric: { name, direction } });
});

test('an empty folder gives a file that still reads', async () => {
  const dir = folder({});
  await run({ options: { dir }, args: [] });
  expect(settingsOf(dir).command).toBe('python3 train.py');
});

test('an existing file is never touched', async () => {
  const dir = folder({ 'pawl.yaml': 'mine' });
  await expect(run({ options: { dir }, args: [] })).rejects.toThrow(/exists already/);
  expect(readFileSync(join(dir, 'pawl.yaml'), 'utf8')).toBe('mine');
});

test('--panel writes the personas to edit, and never over what was edited', async () => {
  const yaml = 'command: x\nsurface: [a]\nmetric: m\nproposer: panel\npanel: {personas: personas}\n';
  const dir = folder({ 'pawl.yaml': yaml });
  await run({ options: { dir, panel: true }, args: [] });
  const data = join(dir, 'personas', 'data.md');
  expect(readdirSync(join(dir, 'personas'))).toHaveLength(5);
  expect(loadSettings(dir).panel).toMatchObject({ personas: 'personas', rounds: 1 });
  writeFileSync(data, 'Mine.');
  await run({ options: { dir, panel: true }, args: [] });
  expect(readFileSync(data, 'utf8')).toBe('Mine.');
  expect(settingsOf(dir).proposer).toBe('panel');
  rmSync(join(dir, 'personas'), { recursive: true });
  expect(() => loadSettings(dir)).toThrow(/pawl\.yaml:5: panel\.personas: personas does not exist/);
});
