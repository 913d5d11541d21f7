import { execFile } from 'node:child_process';
import { amdCards } from './amd-sysfs.ts';
import { findProgram, nvidiaPlaces } from './find-program.ts';
import { askControllers, type Controller } from './inventory-child.ts';
import { explainFailure } from './nvidia-failure.ts';
import { parseGpuRow } from './nvidia-format.ts';

export { runInventoryChild } from './inventory-child.ts';

/** One GPU that could compute. */
export interface GpuFact {
  name: string;
  vendor: string;
  /** Null when nobody knows for sure. */
  memoryMiB: number | null;
}

export interface GpuInventory {
  gpus: GpuFact[];
  /** Why the list is empty, or what kept a GPU from answering; null when all is well. */
  why: string | null;
}

export interface InventoryOptions {
  /** Arguments for this Node that lead to `runInventoryChild`, such as `[launcher, '__gpu-inventory']`. */
  childArgs: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** For the whole answer, ms. */
  deadlineMs?: number;
  /** Folders to look for nvidia-smi in beside the PATH. */
  places?: readonly string[];
  /** Root of /sys/class/drm. */
  drmRoot?: string;
}

/** Adapters that only draw a console: no GPU in the sense of a user who wants to train on one. */
const consoles =
  /aspeed|matrox|cirrus|bochs|qxl|virtio|red hat|vmware|virtualbox|hyper-v|basic (display|render)|llvmpipe/i;

/**
 * Which GPUs this machine has, asked once at the start: systeminformation (in a child process, with a deadline) for all
 * vendors, and the drivers themselves for NVIDIA and AMD, because systeminformation finds nothing without lspci and
 * does not know the memory. Never rejects, never blocks the caller's loop.
 */
export async function gpuInventory(options: InventoryOptions): Promise<GpuInventory> {
  const env = options.env ?? process.env;
  const deadlineMs = options.deadlineMs ?? 10_000;
  const smi = findProgram('nvidia-smi', env, options.places ?? nvidiaPlaces);
  const [controllers, nvidia, amd] = await Promise.all([
    askControllers({ childArgs: options.childArgs, env, deadlineMs }),
    smi ? askNvidia(smi, env, deadlineMs) : null,
    amdCards(options.drmRoot),
  ]);
  const others = Array.isArray(controllers) ? controllers.filter(isGpu).map(toFact) : [];
  const gpus: GpuFact[] = [];
  // A driver that answers knows its own GPUs best; systeminformation speaks for the rest.
  if (Array.isArray(nvidia)) gpus.push(...nvidia);
  gpus.push(...amd.map((card) => ({ name: card.name, vendor: 'AMD', memoryMiB: card.memoryTotalMiB })));
  for (const fact of others) {
    const told = fact.vendor === 'NVIDIA' ? Array.isArray(nvidia) : fact.vendor === 'AMD' && amd.length > 0;
    if (!told) gpus.push(fact);
  }
  if (nvidia && !Array.isArray(nvidia)) return { gpus, why: nvidia.why };
  if (gpus.length > 0) return { gpus, why: null };
  return { gpus, why: Array.isArray(controllers) ? nothingFound(controllers) : controllers.why };
}

function nothingFound(controllers: readonly Controller[]): string {
  const seen = controllers.find((c) => c.name !== '')?.name;
  return seen ? `no GPU here, only a display adapter (${seen})` : 'no GPU here';
}

/** Whether a controller is a GPU rather than something that draws a console. */
export function isGpu(controller: Controller): boolean {
  return controller.name !== '' && !consoles.test(`${controller.vendor} ${controller.name}`);
}

function toFact(controller: Controller): GpuFact {
  // On Linux the claimed memory is the size of a PCI window (256 MiB for a 24 GiB card): better none than a wrong one.
  const claimed = process.platform === 'linux' || controller.vramShared ? null : controller.vramMiB;
  return {
    name: controller.name,
    vendor: plainVendor(controller.vendor),
    memoryMiB: controller.memoryTotalMiB ?? (claimed || null),
  };
}

function plainVendor(vendor: string): string {
  if (/nvidia/i.test(vendor)) return 'NVIDIA';
  if (/advanced micro|\bamd\b|\bati\b/i.test(vendor)) return 'AMD';
  if (/intel/i.test(vendor)) return 'Intel';
  if (/apple/i.test(vendor)) return 'Apple';
  return vendor || 'unknown';
}

function askNvidia(
  smi: string,
  env: NodeJS.ProcessEnv,
  deadlineMs: number,
): Promise<GpuFact[] | { why: string }> {
  const fields = ['index', 'name', 'memory.total'];
  const args = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  return new Promise((resolve) => {
    const child = execFile(smi, args, { env, windowsHide: true }, (error, stdout, stderr) => {
      clearTimeout(deadline);
      const gpus = stdout
        .split('\n')
        .map((line) => parseGpuRow(line.trim(), fields))
        .filter((row) => row !== null)
        .map((row) => ({ name: row.name, vendor: 'NVIDIA', memoryMiB: row.memoryTotalMiB }));
      if (gpus.length > 0) return resolve(gpus);
      resolve({ why: explainFailure(`${stdout}\n${stderr}`, error?.signal ?? error?.code ?? 0) });
    });
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve({ why: `nvidia-smi did not answer within ${Math.round(deadlineMs / 100) / 10} s` });
    }, deadlineMs);
  });
}
