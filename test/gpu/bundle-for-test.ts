import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles this source the way the product is bundled and returns the file; any Node can run it. */
export async function bundleForTest(contents: string): Promise<{ file: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'pawl-gpu-bundle-'));
  const file = join(folder, 'bundle.mjs');
  await build({
    stdin: {
      contents,
      loader: 'ts',
      resolveDir: fileURLToPath(new URL('../../src/gpu', import.meta.url)),
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
