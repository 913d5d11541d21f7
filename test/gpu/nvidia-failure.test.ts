import { expect, test } from 'vitest';
import { explainFailure, failureWords, isUnknownField } from '../../src/gpu/nvidia-failure.ts';

test.each([
  ['Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 595.71', 18, 'reboot'],
  [
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n",
    9,
    'not loaded',
  ],
  ['No devices were found', 6, 'no GPU'],
  ['Failed to initialize NVML: Unknown Error', 255, 'does not answer'],
  ['Failed to initialize NVML: GPU requires reset', 255, 'requires a reset'],
  [
    'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU',
    15,
    'fell off the bus',
  ],
  ['Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error', 15, 'cannot reach'],
  ["NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.", 12, 'libnvidia-ml'],
  ['Field "index" is not a valid field to query.', 2, 'too old'],
])('%s', (output, end, words) => {
  expect(explainFailure(output, end)).toContain(words);
});

test('what is not known is quoted, short, with how it ended', () => {
  expect(explainFailure('one\nSomething odd happened\n\n', 3)).toBe(
    'nvidia-smi ended with exit code 3: Something odd happened',
  );
  expect(explainFailure('', 'SIGKILL')).toBe('nvidia-smi was ended by SIGKILL');
  expect(explainFailure('', null)).toBe('nvidia-smi went silent');
  expect(explainFailure('x'.repeat(10_000), 1).length).toBeLessThan(250);
  expect(failureWords('0, NVIDIA GeForce RTX 4090, 12')).toBeNull();
});

test('a refused query is told from a failure', () => {
  expect(isUnknownField('Field "clocks_event_reasons.active" is not a valid field to query.\n')).toBe(true);
  expect(isUnknownField('No devices were found')).toBe(false);
});
