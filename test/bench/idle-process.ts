import { spawn } from 'node:child_process';

/** The anchor of CPU and memory: a Node that does nothing but wake once a second. */
export function startIdleNode(): { pid: number; stop(): void } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  return { pid: child.pid!, stop: () => void child.kill('SIGKILL') };
}
