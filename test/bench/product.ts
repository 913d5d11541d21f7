import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Copies what a user would install to a place of its own: somebody who builds while we measure must not change what is
 * measured. @returns the launcher's path, and how to remove the copy.
 */
export function copyProduct(): { launcher: string; remove(): void } {
  if (!existsSync(join(root, 'dist/pawl.mjs')))
    throw new Error('pawl is not built; run: npm run build (npm run bench does)');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-bench-')));
  for (const part of ['package.json', 'bin', 'dist', 'themes', 'sample-projects'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  return {
    launcher: join(folder, 'bin/pawl.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
