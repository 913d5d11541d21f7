import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { forgetUnbegun } from '../workspace/open-workspace.ts';
import { pawlDir, runPaths } from './paths.ts';

/**
 * Removes the remains of starts that were killed before their run had a line in its journal: nobody would ever go on with
 * them, and git would list their worktrees for ever. The caller holds the project's lock.
 */
export async function removeUnbegun(projectDir: string, own: string): Promise<void> {
  const runs = join(pawlDir(projectDir), 'runs');
  if (!existsSync(runs)) return;
  for (const tag of readdirSync(runs)) {
    const { dir, journal } = runPaths(projectDir, tag);
    if (tag === own || (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0) continue;
    if (!statSync(dir).isDirectory()) continue;
    try {
      if (await forgetUnbegun(projectDir, dir, tag)) rmSync(dir, { recursive: true, force: true });
    } catch (error) {
      process.stderr.write(`removing what is left of ${tag}: ${(error as Error).message}\n`);
    }
  }
}
