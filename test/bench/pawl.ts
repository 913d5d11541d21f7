import { spawn } from 'node:child_process';
import type { Place, Ran } from '../e2e/run-pawl.ts';
import type { Bench } from './measure.ts';

/** Runs `pawl ...args` of the copied product to its end. */
export function pawl(bench: Pick<Bench, 'launcher'>, place: Place, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [bench.launcher, ...args], {
    cwd: place.directory,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
