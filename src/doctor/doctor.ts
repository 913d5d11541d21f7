import { existsSync } from 'node:fs';
import { loadUserConfig } from '../config/user-config.ts';
import { lockHolder } from '../engine/lock-holder.ts';
import { areas, type Finding } from '../protocol/findings.ts';
import { dryBaseline } from './dry-baseline.ts';
import { ok, warn } from './finding.ts';
import {
  lookAtDisk,
  lookAtGpu,
  lookAtLoad,
  lookAtNode,
  lookAtRuns,
  lookAtTerminal,
} from './look-at-machine.ts';
import { lookAtModel } from './look-at-model.ts';
import { lookAtProject, type ProjectLook } from './look-at-project.ts';
import { lookAtSandbox } from './look-at-sandbox.ts';

export interface DoctorOptions {
  projectDir: string;
  env: NodeJS.ProcessEnv;
  isTTY: boolean;
  /** A run from here could ask its user something. */
  mayAsk: boolean;
  /** Colours that the screen would use here, in words. */
  colours: string;
  /** See gpuInventory. */
  childArgs: readonly string[];
}

export interface Examined {
  findings: Finding[];
  project: ProjectLook;
}

/** All that can be known without running the project's own command. Takes some seconds at most; changes nothing. */
export async function examine(options: DoctorOptions): Promise<Examined> {
  const { projectDir, env } = options;
  const [project, gpu, disk, terminal] = await Promise.all([
    lookAtProject(projectDir),
    lookAtGpu(options.childArgs),
    lookAtDisk(projectDir),
    lookAtTerminal(env, options.isTTY, options.colours),
  ]);
  const memory = Math.max(0, ...gpu.inventory.gpus.map(({ memoryMiB }) => memoryMiB ?? 0)) || null;
  const { settings, surface } = project;
  const [model, sandbox] = await Promise.all([
    settings === null
      ? []
      : lookAtModel({ settings, projectDir, env, surface, memoryMiB: memory, mayAsk: options.mayAsk }),
    lookAtSandbox(settings, projectDir, env, options.mayAsk),
  ]);
  const user = loadUserConfig(env);
  const runs = lookAtRuns(projectDir);
  const findings = [
    ...project.findings,
    lookAtNode(),
    disk,
    lookAtLoad(),
    ...(runs === null ? [] : [runs]),
    ...model,
    ...gpu.findings,
    sandbox,
    ...terminal,
    ...user.problems.map((problem) => warn('settings', problem)),
    ...(user.problems.length === 0 && existsSync(user.path) ? [ok('settings', user.path)] : []),
  ];
  return { findings: inOrder(findings), project };
}

/** Runs the project's own command once, as its baseline would. Not beside a run: that would spoil its trial. */
export async function baselineOf(
  projectDir: string,
  project: ProjectLook,
  signal: AbortSignal,
  tell?: (what: string) => void,
): Promise<Finding[]> {
  const { inspection, settings } = project;
  if (inspection === null || settings === null)
    return [warn('baseline', 'not tried: the findings above come first')];
  const running = lockHolder(projectDir);
  if (running)
    return [warn('baseline', `not tried: run ${running.tag} is going on, and it would disturb its trial`)];
  return dryBaseline({ inspection, settings, signal, ...(tell ? { tell } : {}) });
}

/** By area; within one, as they were found. */
function inOrder(findings: readonly Finding[]): Finding[] {
  return areas.flatMap((area) => findings.filter((finding) => finding.area === area));
}
