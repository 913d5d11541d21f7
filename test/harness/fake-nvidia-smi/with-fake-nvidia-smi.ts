import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the fake is told; the keys are explained in fake-nvidia-smi.cjs. */
export interface FakeNvidiaSmiOptions {
  scenario?:
    | 'normal'
    | 'mig'
    | 'old-driver'
    | 'ancient-driver'
    | 'hang'
    | 'garbage'
    | 'driver-mismatch'
    | 'no-driver'
    | 'no-devices'
    | 'gpu-lost'
    | 'one-lost'
    | 'reset-required'
    | 'wddm';
  gpus?: number;
  model?: '4090' | '4080 SUPER' | 'H100';
  pattern?: 'cycle' | 'idle' | 'generating' | 'loading' | 'training';
  busy?: number[];
  periodSeconds?: number;
  speed?: number;
  seed?: number;
  /** Between two rows of GPUs, whatever was asked for; what it is at the start holds. */
  everyMs?: number;
  ticks?: number;
  afterTicks?: 'exit' | 'hang';
  exit?: number;
  values?: Record<string, string | number>;
  apps?: { pid: number; name: string; memory?: number; gpu?: number }[];
}

export interface FakeNvidiaSmi {
  /** Folder that holds the executable `nvidia-smi`. */
  readonly dir: string;
  /** `process.env` with the fake first on the PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** Tells the fake something else; running ones follow at their next tick. */
  set(options: FakeNvidiaSmiOptions): void;
  /** Every start so far. */
  starts(): { pid: number; args: string[] }[];
  /** Process ids of starts that still live. */
  living(): number[];
  /** Ends what still lives and removes the files. */
  dispose(): void;
}

/** Folder that holds the fake executable; put it first on a PATH and say what it does by FAKE_NVIDIA_SMI. */
export const fakeNvidiaSmiDir = fileURLToPath(new URL('.', import.meta.url)).replace(/[/\\]$/, '');

/** A fake nvidia-smi on a PATH of its own. */
export function withFakeNvidiaSmi(options: FakeNvidiaSmiOptions = {}): FakeNvidiaSmi {
  const folder = mkdtempSync(join(tmpdir(), 'fake-nvidia-smi-'));
  const control = join(folder, 'control.json');
  const log = join(folder, 'starts.jsonl');
  const set = (told: FakeNvidiaSmiOptions): void => {
    writeFileSync(`${control}.new`, JSON.stringify({ ...told, log }));
    renameSync(`${control}.new`, control);
  };
  set(options);
  writeFileSync(log, '');
  const starts = (): { pid: number; args: string[] }[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const living = (): number[] =>
    starts()
      .map((start) => start.pid)
      .filter(isAlive);
  return {
    dir: fakeNvidiaSmiDir,
    env: {
      ...process.env,
      PATH: `${fakeNvidiaSmiDir}${delimiter}${process.env.PATH ?? ''}`,
      FAKE_NVIDIA_SMI: control,
      FAKE_NVIDIA_SMI_NODE: process.execPath,
    },
    set,
    starts,
    living,
    dispose() {
      for (const pid of living()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // Gone meanwhile.
        }
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a process lives; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}
