import type { GpuProcess } from '../protocol/pulse.ts';
import type { GpuReport } from './sampler.ts';

// What a report says that a trial must not be started, or not be counted, over.

/** Ways of being stale that mean a GPU is not there, other than nvidia-smi itself being slow or gone. */
const lost =
  /fell off the bus|cannot reach a GPU|requires a reset|not loaded or does not answer|library version mismatch|found no GPU|GPU [\d and]+ stopped answering|could not be initialised/;

/** Why the GPUs cannot be used, in plain words; null while they can, and while nobody knows. */
export function lostGpu(report: GpuReport | null): string | null {
  return report?.stale && lost.test(report.stale) ? report.stale : null;
}

/** What trainers print when the GPU has gone, as opposed to their own mistakes. */
const lostWords =
  /GPU is lost|fallen off the bus|NVRM: Xid|\bXid\b.*\d|device.*unavailable|no CUDA-capable device|uncorrectable ECC|CUDA driver initialization failed|cudaErrorDevicesUnavailable|unspecified launch failure|NVML.*(?:lost|unknown error)/i;

/** Whether a failed trial's last words say that the GPU went away under it. */
export function saysGpuLost(why: string | null): boolean {
  return why !== null && lostWords.test(why);
}

const gpuWords = /cuda|nvml|nvidia|cudnn|nccl|gpu|hip\b/i;

/** Whether a failed trial's last words have to do with the GPU at all. */
export function speaksOfGpu(why: string | null): boolean {
  return why !== null && gpuWords.test(why);
}

// PyTorch, JAX/XLA, TensorFlow, CUDA and HIP, cuBLAS.
const memoryWords =
  /(?:CUDA|HIP|GPU).{0,40}out of memory|OutOfMemoryError|RESOURCE_EXHAUSTED|MemoryAllocation|STATUS_ALLOC_FAILED|hipErrorOutOfMemory|\bOOM when allocating/i;

/** Whether a failed trial ran out of GPU memory. */
export function saysGpuMemory(why: string | null): boolean {
  return why !== null && memoryWords.test(why);
}

/** A smaller process (a desktop, a browser) is nobody's business, MiB. */
const foreignMiB = 500;

/** Processes on the GPUs that take a lot and are not `ours`. Unknown sizes (WDDM) are not held against anybody. */
export function foreignProcesses(
  report: GpuReport | null,
  ours: (process: GpuProcess) => boolean,
): GpuProcess[] {
  if (!report || report.stale !== null) return [];
  return report.processes.filter((p) => (p.memoryMiB ?? 0) > foreignMiB && !ours(p));
}

/** `python3 (pid 12) with 4.0 GiB` */
export function processWords(process: GpuProcess): string {
  const name = process.name.slice(process.name.lastIndexOf('/') + 1) || 'a program';
  return `${name} (pid ${process.pid}) with ${((process.memoryMiB ?? 0) / 1024).toFixed(1)} GiB`;
}
