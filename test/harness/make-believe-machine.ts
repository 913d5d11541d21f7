import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What the engine is told of the machine; see machine-preload.mjs. */
export interface Machine {
  /** Cores that other programs keep busy. */
  busy?: number;
  /** Share of their time that the trial's threads wait for a core, 0..1. */
  waited?: number;
  /** Processes that the kernel has killed for want of memory since the boot. */
  oomKills?: number;
  /** What the engine would try again after 15 s or more, it tries four times a second. */
  impatient?: boolean;
}

export interface MakeBelieveMachine {
  /** For the environment of `pawl run`. */
  env: Record<string, string>;
  is(machine: Machine): void;
  /** A shell command that ends when the engine has looked at its shell's load often enough to judge it. */
  untilLookedAt: string;
  dispose(): void;
}

const preload = fileURLToPath(new URL('./machine-preload.mjs', import.meta.url));

/** A machine that is as busy as it is told to be. */
export function makeBelieveMachine(first: Machine = {}): MakeBelieveMachine {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'));
  const is = (machine: Machine) => {
    const path = join(folder, 'machine.json');
    writeFileSync(`${path}.new`, JSON.stringify(machine));
    renameSync(`${path}.new`, path);
  };
  is(first);
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}`, TEST_MACHINE: folder },
    is,
    untilLookedAt: `until read looks 2>/dev/null <'${folder}'/looks-$$ && [ "\${looks:-0}" -ge 5 ]; do sleep 0.03; done`,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
