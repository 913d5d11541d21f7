import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clean } from '../../protocol/clean.ts';
import { maskSecrets } from '../../protocol/secrets.ts';

/** What a run's folder holds of one experiment, for playing it again. Missing files are empty. */
export interface Recorded {
  diff: string;
  reply: string;
  /** Lines of the trial's log as they were written; of a very long one, the end. */
  log(k: number): LogPiece[];
}

/** A line, or one state of a line that `\r` kept rewriting. */
export interface LogPiece {
  text: string;
  rewritten: boolean;
}

const logBytes = 512 * 1024;
const textBytes = 200_000;

/** Reads the files of experiment `n`, and of its first `trials` trials. Never fails. */
export async function readRecorded(runDir: string, n: number, trials: number): Promise<Recorded> {
  const dir = join(runDir, 'experiments', String(n));
  const text = (name: string) =>
    readFile(join(dir, name), 'utf8').then(
      (all) => maskSecrets(all.slice(0, textBytes)),
      () => '',
    );
  const [diff, reply, ...logs] = await Promise.all([
    text('edit.diff'),
    text('reply.md'),
    ...Array.from({ length: trials }, async (_, k) => {
      return piecesOf(maskSecrets(await readEnd(join(dir, `trial-${k}.log`))));
    }),
  ]);
  return { diff, reply, log: (k) => logs[k] ?? [] };
}

/** Log text in the pieces that came one after the other. */
function piecesOf(text: string): LogPiece[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.flatMap((line) => {
    const states = line.split('\r').filter((state) => state !== '');
    if (states.length === 0) return [{ text: '', rewritten: false }];
    return states.map((state, i) => ({ text: clean(state), rewritten: i < states.length - 1 }));
  });
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, logBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
