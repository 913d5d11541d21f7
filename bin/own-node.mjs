// Runs on old Nodes (12.20 and up): nothing newer than that here.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** Runs this command line again on the checkout's own Node, if there is one. Says whether it did. */
export function handOver() {
  if (!existsSync(ownNode) || process.env.PAWL_HANDED_OVER) return false;
  const launcher = fileURLToPath(new URL('./pawl.js', import.meta.url));
  const env = Object.assign({}, process.env, { PAWL_HANDED_OVER: '1' });
  const child = spawn(ownNode, [launcher].concat(process.argv.slice(2)), { stdio: 'inherit', env });
  // The terminal sends its signals to both; the child decides what they mean.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || signal === 'SIGHUP') child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + (signal === 'SIGKILL' ? 9 : 15) : code;
  });
  return true;
}
