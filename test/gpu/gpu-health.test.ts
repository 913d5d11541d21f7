import { describe, expect, test } from 'vitest';
import {
  foreignProcesses,
  lostGpu,
  processWords,
  saysGpuLost,
  saysGpuMemory,
  speaksOfGpu,
} from '../../src/gpu/gpu-health.ts';
import { explainFailure } from '../../src/gpu/nvidia-failure.ts';
import type { GpuReport } from '../../src/gpu/sampler.ts';

const report = (more: Partial<GpuReport> = {}): GpuReport => ({
  at: 0,
  gpus: [],
  processes: [],
  stale: null,
  ...more,
});

describe('a GPU that is lost', () => {
  test.each([
    'Unable to determine the device handle for GPU0: 0000:01:00.0: GPU is lost.  Reboot the system',
    'Unable to determine the device handle for GPU 0000:02:00.0: Unknown Error',
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    'Failed to initialize NVML: Driver/library version mismatch',
    'No devices were found',
    'GPU requires reset',
  ])('%s', (said) => {
    const stale = explainFailure(said, 9);
    expect(lostGpu(report({ stale }))).toBe(stale);
  });
  test.each([
    null,
    'nvidia-smi went silent',
    'waiting for the first answer of nvidia-smi',
    'nvidia-smi is not on the PATH',
    'nvidia-smi was ended by SIGTERM',
  ])('%s is no loss', (stale) => {
    expect(lostGpu(report({ stale }))).toBeNull();
  });
});

describe('what a failed trial says', () => {
  test.each([
    'exit 1: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB',
    'exit 1: RuntimeError: CUDA error: out of memory',
    'exit 1: jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate',
    'exit 1: RuntimeError: HIP out of memory. Tried to allocate',
    'exit 1: RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`',
  ])('GPU memory: %s', (why) => {
    expect(saysGpuMemory(why)).toBe(true);
    expect(saysGpuLost(why)).toBe(false);
  });
  test.each([
    'exit 1: RuntimeError: CUDA error: unspecified launch failure',
    'exit 1: NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.',
    'exit 1: RuntimeError: No CUDA-capable device is detected',
    'exit 1: pynvml.NVMLError_GpuIsLost: GPU is lost',
  ])('GPU lost: %s', (why) => {
    expect(saysGpuLost(why)).toBe(true);
    expect(saysGpuMemory(why)).toBe(false);
  });
  test.each([
    null,
    'exit 1: ValueError: shapes (3,4) and (5,6) not aligned',
    'exit 1: MemoryError',
    'exit 1: TypeError: max() got an unexpected keyword',
  ])('neither: %s', (why) => {
    expect([saysGpuMemory(why), saysGpuLost(why), speaksOfGpu(why)]).toEqual([false, false, false]);
  });
});

test('only large processes that are not ours are foreign, and sizes that are not told are not held against anybody', () => {
  const process = (pid: number, memoryMiB: number | null) => ({
    gpuUuid: 'GPU-1',
    pid,
    name: '/usr/bin/python3',
    memoryMiB,
  });
  const processes = [process(1, 4096), process(2, 400), process(3, null), process(4, 9000)];
  const found = foreignProcesses(report({ processes }), (p) => p.pid === 4);
  expect(found.map(processWords)).toEqual(['python3 (pid 1) with 4.0 GiB']);
  expect(foreignProcesses(report({ processes, stale: 'old' }), () => false)).toEqual([]);
});
