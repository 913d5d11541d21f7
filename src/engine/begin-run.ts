import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { configName } from '../config/load-config.ts';
import type { GpuInventory } from '../gpu/inventory.ts';
import type { Proposer } from '../propose/proposer.ts';
import type { SandboxInfo } from '../protocol/events.ts';
import type { Settings } from '../protocol/settings.ts';
import { identify } from '../trial/process-table.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Session } from './session.ts';

export interface NewRun {
  options: EngineOptions;
  settings: Settings;
  proposer: Proposer;
  sandbox: SandboxInfo;
  gpus: GpuInventory;
  seed: number;
  base: string;
  branch: string;
  /** Where pawl.yaml is kept as it was. */
  configCopy: string;
}

/** Writes the first line of a new run's journal. */
export function begin(session: Session, run: NewRun): void {
  const { options, settings, proposer, sandbox, gpus, seed, base, branch } = run;
  copyFileSync(join(options.projectDir, configName), run.configCopy);
  session.append({
    type: 'run.started',
    tag: options.tag,
    project: options.projectDir,
    base,
    branch,
    settings,
    proposer: proposer.info,
    sandbox,
    host: {
      cpus: cpus().length,
      memoryMiB: Math.round(totalmem() / 1_048_576),
      node: process.versions.node,
      platform: process.platform,
    },
    gpus: gpus.gpus.map(({ name, memoryMiB }) => ({ name, memoryMiB })),
    seed,
    version: process.env.PAWL_VERSION ?? '0',
    cookie: randomUUID(),
    engine: identify(process.pid),
    overrides: options.overrides,
  });
}
