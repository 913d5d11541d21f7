// Second half of the launcher: may use modern syntax. The compile cache saves about 20 % of the start-up.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache?.();
const bundle = new URL('../dist/pawl.mjs', import.meta.url);
if (existsSync(bundle)) {
  const { main } = await import(bundle.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write(`pawl is not built yet: ${fileURLToPath(bundle)} is missing.\nRun:  npm run build\n`);
  process.exit(2);
}
