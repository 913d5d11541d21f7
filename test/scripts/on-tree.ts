import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

/** Runs a check of scripts/ on a tree of the given files, for the tests of one file. */
export function onTree(script: string) {
  const path = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));
  const trees: string[] = [];
  afterEach(() => {
    for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
  });
  return (files: Record<string, string>): { status: number | null; output: string } => {
    const root = mkdtempSync(join(tmpdir(), 'pawl-tree-'));
    trees.push(root);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, root], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
}
