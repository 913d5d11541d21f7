import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** When the user last pressed a key in a run's screen: what came later is news to them. */
export interface LastSeen {
  /** ISO; null = never. */
  at: string | null;
  /** The user is here. Written at most twice a minute, and on close. */
  touch(): void;
  close(): void;
}

const everyMs = 30_000;

/** Remembers it in the user's state folder, one small file a run. What cannot be written is not remembered. */
export function openLastSeen(
  runDir: string,
  env: NodeJS.ProcessEnv = process.env,
  clock: () => number = Date.now,
): LastSeen {
  const xdg = env.XDG_STATE_HOME;
  const base = xdg && isAbsolute(xdg) ? xdg : join(env.HOME || homedir(), '.local/state');
  const name = createHash('sha256').update(runDir).digest('hex').slice(0, 16);
  const path = join(base, 'pawl', 'seen', `${name}.json`);
  let written = 0;
  let touched: number | null = null;
  const write = () => {
    if (touched === null) return;
    written = touched;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, `${JSON.stringify({ run: runDir, at: new Date(touched).toISOString() })}\n`);
    } catch {
      // A full disk or a read-only home: the next briefing tells a little too much.
    }
  };
  return {
    at: read(path),
    touch() {
      touched = clock();
      if (touched - written >= everyMs) write();
    },
    close: write,
  };
}

function read(path: string): string | null {
  try {
    const { at } = JSON.parse(readFileSync(path, 'utf8')) as { at?: unknown };
    return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : null;
  } catch {
    return null;
  }
}
