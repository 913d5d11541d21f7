import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kfdRoot } from './amd-processes.ts';
import { amdSysfs, drmRoot } from './amd-sysfs.ts';
import { findProgram, nvidiaPlaces } from './find-program.ts';
import type { GpuInventory } from './inventory.ts';
import { noGpu } from './no-gpu.ts';
import { type NvidiaStreamOptions, nvidiaStream } from './nvidia-stream.ts';
import type { GpuSampler } from './sampler.ts';
import { systeminformationSampler } from './systeminformation-sampler.ts';

export type GpuSource = 'nvidia-smi' | 'amd' | 'systeminformation' | 'none';

export interface CreateSamplerOptions {
  /** Arguments for this Node that lead to `runInventoryChild`, such as `[launcher, '__gpu-inventory']`. */
  childArgs: readonly string[];
  /** What was found at the start, if it is known already: saves a look when there is nothing to sample. */
  inventory?: GpuInventory | null;
  env?: NodeJS.ProcessEnv;
  /** Times of the NVIDIA stream. */
  stream?: Omit<NvidiaStreamOptions, 'command' | 'env'>;
  places?: readonly string[];
  drmRoot?: string;
  kfdRoot?: string;
}

/**
 * The best source of live numbers on this machine: the nvidia-smi stream, the kernel's files for AMD, systeminformation
 * now and then, or none, which is a normal state and not an error. Starts nothing yet and never throws.
 */
export function createGpuSampler(options: CreateSamplerOptions): GpuSampler & { readonly source: GpuSource } {
  const env = options.env ?? process.env;
  const smi = findProgram('nvidia-smi', env, options.places ?? nvidiaPlaces);
  if (smi) return named('nvidia-smi', nvidiaStream({ ...options.stream, command: smi, env }));
  const root = options.drmRoot ?? drmRoot;
  if (hasAmd(root)) return named('amd', amdSysfs({ root, kfd: options.kfdRoot ?? kfdRoot }));
  if (options.inventory && options.inventory.gpus.length === 0) {
    return named('none', noGpu(options.inventory.why ?? 'no GPU here'));
  }
  return named('systeminformation', systeminformationSampler({ childArgs: options.childArgs, env }));
}

function named(source: GpuSource, sampler: GpuSampler): GpuSampler & { readonly source: GpuSource } {
  return { ...sampler, source };
}

/** Whether the kernel drives an AMD GPU; a few small reads from memory, so it may be synchronous. */
function hasAmd(root: string): boolean {
  try {
    return readdirSync(root).some((card) => {
      if (!/^card\d+$/.test(card)) return false;
      const device = join(root, card, 'device');
      return (
        readFileSync(join(device, 'vendor'), 'utf8').trim() === '0x1002' &&
        readdirSync(device).some((file) => file === 'gpu_busy_percent' || file === 'mem_info_vram_total')
      );
    });
  } catch {
    return false;
  }
}
