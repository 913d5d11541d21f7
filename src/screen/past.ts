import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { maskSecrets } from '../protocol/secrets.ts';

/** What the run's folder still holds of one experiment. null = there is no such file. */
export interface Past {
  n: number;
  diff: string | null;
}

const diffBytes = 400_000;

/** Reads the diff of experiment `n`. A missing file is normal. */
export async function readPast(runDir: string, n: number): Promise<Past> {
  const diff = await readStart(join(runDir, 'experiments', String(n), 'edit.diff'), diffBytes);
  return { n, diff: diff === null ? null : maskSecrets(diff) };
}

async function readStart(path: string, bytes: number): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(bytes), position: 0 });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
