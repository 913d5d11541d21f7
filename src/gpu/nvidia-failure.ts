// nvidia-smi reports failures in prose, on stdout or stderr, with exit codes that differ between drivers:
// only the words are reliable.

/** A refused query: the driver does not know one of the fields. */
export function isUnknownField(text: string): boolean {
  return /is not a valid field to query/i.test(text);
}

const known: readonly (readonly [RegExp, string])[] = [
  [
    /driver\/library version mismatch/i,
    'the NVIDIA driver was updated while it was loaded (driver/library version mismatch); reboot to mend it',
  ],
  [
    /couldn'?t communicate with the nvidia driver/i,
    'the NVIDIA driver is not loaded or does not answer nvidia-smi',
  ],
  [/no devices were found/i, 'nvidia-smi found no GPU'],
  [/gpu requires reset/i, 'the GPU requires a reset (nvidia-smi --gpu-reset, or reboot)'],
  [/gpu is lost/i, 'the GPU fell off the bus ("GPU is lost"); reboot to get it back'],
  [
    /unable to determine the device handle for gpu/i,
    'the driver cannot reach a GPU any more; reboot to get it back',
  ],
  [
    /nvml shared library couldn'?t be found|libnvidia-ml/i,
    'the NVIDIA management library (libnvidia-ml) is missing',
  ],
  [/insufficient permissions/i, 'this user may not read the GPU (insufficient permissions)'],
  [/failed to initialize nvml/i, 'the NVIDIA driver does not answer (NVML could not be initialised)'],
  [/is not a valid field to query/i, 'this NVIDIA driver is too old: it refuses even the simplest query'],
];

/** Plain words for a failure text that is known; null for any other text. */
export function failureWords(text: string): string | null {
  return known.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/**
 * Why nvidia-smi gives no numbers, in plain words.
 * @param output what it printed that was no data, stdout and stderr together
 * @param end exit code, or the name of the signal that ended it, or null when it had to be killed for silence
 */
export function explainFailure(output: string, end: number | string | null): string {
  const words = failureWords(output);
  if (words) return words;
  const said = output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
  const what =
    end === null
      ? 'nvidia-smi went silent'
      : typeof end === 'string'
        ? `nvidia-smi was ended by ${end}`
        : `nvidia-smi ended with exit code ${end}`;
  return said ? `${what}: ${said.slice(0, 160)}` : what;
}
