import { expect, test } from 'vitest';
import { casesOf, targets } from './targets/index.ts';

// The short version; `npm run fuzz` is the long one.

const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);

test.each(targets.map((target) => [target.name, target] as const))('%s', async (_name, target) => {
  await expect((async () => target.run(casesOf(target, 4000), seed))()).resolves.toBeUndefined();
});
