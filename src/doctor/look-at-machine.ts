import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { pawlDir } from '../engine/paths.ts';
import { type GpuInventory, gpuInventory } from '../gpu/inventory.ts';
import type { Finding } from '../protocol/findings.ts';
import { diskLimitMiB } from '../trial/disk-limit.ts';
import { fail, ok, warn } from './finding.ts';
import { bytesBelow, namesIn } from './folder-size.ts';

/** Node that pawl runs on. The launcher has refused older ones already. */
export function lookAtNode(): Finding {
  return ok('node', `Node ${process.versions.node} on ${process.platform} ${process.arch}`);
}

/** How busy other programs keep the machine now, by its load average of a minute. */
export function lookAtLoad(load = loadavg()[0]!, cores = cpus().length): Finding {
  const said = `load ${load.toFixed(1)} on ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  if (load < 0.5 * cores) return ok('load', said);
  return warn(
    'load',
    `${said}: other programs are at work, and timed trials beside them vary`,
    'Close what you can before a night; trials that were slowed down far more than the baseline run again.',
  );
}

const mib = 1_048_576;
/** With less than this a night of checkpoints may not fit, MiB. */
const easyMiB = 10_240;

/** Room on the disk of a folder. Disks that do not say are taken at their word. */
export async function lookAtDisk(folder: string): Promise<Finding> {
  const fs = await statfs(folder).catch(() => null);
  if (!fs || fs.blocks <= 0) return ok('disk', 'its size is not known');
  return diskFinding((fs.bavail * fs.bsize) / mib, (fs.blocks * fs.bsize) / mib);
}

/** As lookAtDisk, from the numbers, MiB. */
export function diskFinding(freeMiB: number, sizeMiB: number): Finding {
  const said = `${size(freeMiB)} free of ${size(sizeMiB)}`;
  if (freeMiB < diskLimitMiB(sizeMiB))
    return fail(
      'disk',
      `${said}: too little for a trial`,
      'Free some space, or see what old runs hold: pawl clean --dry-run',
    );
  if (freeMiB < easyMiB)
    return warn(
      'disk',
      `${said}: logs and checkpoints of a night may need more`,
      'See what old runs hold: pawl clean --dry-run',
    );
  return ok('disk', said);
}

/** What the runs of a project take; null when there is none. */
export function lookAtRuns(projectDir: string): Finding | null {
  const runs = join(pawlDir(projectDir), 'runs');
  const count = namesIn(runs).length;
  if (count === 0) return null;
  const taken = size(bytesBelow(runs) / mib);
  return ok(
    'disk',
    `${count} ${count === 1 ? 'run takes' : 'runs take'} ${taken} (to free some: pawl clean)`,
  );
}

/** MiB as people say it. */
export function size(mibs: number): string {
  if (mibs >= 1024 * 1024) return `${(mibs / 1024 / 1024).toFixed(1)} TiB`;
  if (mibs >= 1024) return `${(mibs / 1024).toFixed(mibs < 10_240 ? 1 : 0)} GiB`;
  return mibs >= 10 ? `${Math.round(mibs)} MiB` : `${mibs.toFixed(1)} MiB`;
}

/** The GPUs, in the words of their drivers. @param childArgs see gpuInventory */
export async function lookAtGpu(
  childArgs: readonly string[],
): Promise<{ findings: Finding[]; inventory: GpuInventory }> {
  const inventory = await gpuInventory({ childArgs, deadlineMs: 5000 });
  return { findings: gpuFindings(inventory), inventory };
}

/** What an inventory means. */
export function gpuFindings({ gpus, why }: GpuInventory): Finding[] {
  const found = gpus.map(({ name, memoryMiB }) =>
    ok('gpu', memoryMiB === null ? name : `${name}, ${size(memoryMiB)}`),
  );
  if (why === null) return found;
  if (gpus.length > 0) return [...found, warn('gpu', why)];
  // A machine without one is a normal state; a driver that does not answer is not.
  return [/^no GPU here/.test(why) ? ok('gpu', `${why}: trials run on the CPU`) : warn('gpu', why)];
}

/** What the terminal can show, by the environment it set. */
export async function lookAtTerminal(
  env: NodeJS.ProcessEnv,
  isTTY: boolean,
  colours: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (!isTTY) findings.push(ok('terminal', 'no terminal here: plain lines take the place of the screen'));
  if (isTTY) findings.push(ok('terminal', `${env.TERM ?? 'unknown'}, ${colours}`));
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (isTTY && !/utf-?8/i.test(locale))
    findings.push(
      warn(
        'terminal',
        `the locale (${locale || 'none'}) is not UTF-8: lines and curves may come out as signs`,
        'export LANG=C.UTF-8',
      ),
    );
  if (isTTY && env.TERM === 'dumb')
    findings.push(
      warn(
        'terminal',
        'TERM is dumb: there will be no screen, only lines',
        'Unset TERM or use another terminal.',
      ),
    );
  if (isTTY && env.TMUX) findings.push(...(await lookAtTmux(env)));
  return findings;
}

async function lookAtTmux(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const passthrough = await ask('tmux', ['show-options', '-gqv', 'allow-passthrough'], env);
  if (passthrough === null || /^(on|all)/.test(passthrough)) return [];
  return [
    warn(
      'terminal',
      'tmux keeps notifications of the screen to itself',
      'In ~/.tmux.conf: set -g allow-passthrough on',
    ),
  ];
}

/** What a small program says within a second; null when it says nothing or is not there. */
function ask(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  ms = 1000,
): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env, timeout: ms, killSignal: 'SIGKILL' }, (error, stdout) =>
      resolve(error ? null : stdout.trim()),
    );
  });
}
