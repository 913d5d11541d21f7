import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// Accelerators by the names of their device files: NVIDIA (driver 570 also opens nvidia-uvm-tools), AMD (kfd, dri),
// Intel (dri, accel), WSL (dxg), Tegra (nvhost, nvmap). Looked at anew for each trial: a driver makes them when it is first used.

const wanted = /^(nvidia.*|nvhost-.*|nvmap|dri|kfd|dxg|accel.*|infiniband)$/;

/** Device files and folders of accelerators that this machine has now. */
export function acceleratorDevices(folder = '/dev'): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => wanted.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
