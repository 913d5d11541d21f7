import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { maskSecrets } from '../protocol/secrets.ts';
import { cleanLines } from './text/clean.ts';

/** What the run's folder still holds of one experiment. null = there is no such file. */
export interface Past {
  n: number;
  diff: string | null;
  /** End of the last trial's log, `\r` rewrites folded to their last state. */
  log: string[] | null;
  logName: string | null;
}

const diffBytes = 400_000;
const logBytes = 256 * 1024;

/** Reads the diff and the end of the last trial's log of experiment `n`. Missing files are normal. */
export async function readPast(runDir: string, n: number): Promise<Past> {
  const dir = join(runDir, 'experiments', String(n));
  const names = await readdir(dir).catch(() => [] as string[]);
  const logName =
    names
      .filter((name) => /^trial-\d+\.log$/.test(name))
      .sort((a, b) => trialNumber(a) - trialNumber(b))
      .at(-1) ?? null;
  const [diff, log] = await Promise.all([
    readEnd(join(dir, 'edit.diff'), diffBytes, 'start'),
    logName ? readEnd(join(dir, logName), logBytes, 'end') : null,
  ]);
  return {
    n,
    diff: diff === null ? null : maskSecrets(diff),
    log: log === null ? null : foldReturns(maskSecrets(log)),
    logName,
  };
}

/** Log text as lines; of a line that `\r` kept rewriting, what stood there last. */
export function foldReturns(text: string): string[] {
  const lines = text.split('\n').map((line) => {
    const parts = line.split('\r').filter((part) => part !== '');
    return parts.at(-1) ?? '';
  });
  if (lines.at(-1) === '') lines.pop();
  return lines.flatMap(cleanLines);
}

function trialNumber(name: string): number {
  return Number(/\d+/.exec(name)![0]);
}

async function readEnd(path: string, bytes: number, which: 'start' | 'end'): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(length),
      position: which === 'start' ? 0 : size - length,
    });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
