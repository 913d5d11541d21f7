import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the young generation of this process at the size that it begins with (1 MiB a half). V8 lets it grow to 32 MiB and
 * never gives that back, while the young things of a screen are a frame's. Call before the memory is needed.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
