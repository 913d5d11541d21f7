import { expect, test } from 'vitest';
import { nameBrokenFiles } from '../../src/engine/broken-surface.ts';
import { NothingToTune } from '../../src/propose/tuner/proposer.ts';

const none = new NothingToTune('the tuner found no constants to tune in train.mjs');
const named = (text: string, error: unknown = none) =>
  nameBrokenFiles(error, new Map([['train.mjs', text]]), 'node train.mjs', process.cwd());

test('a file that cannot be parsed is named with its mistake, not with the constants that it lacks', async () => {
  await expect(named('const x = (1;\nconsole.log(x);\n')).rejects.toThrow(
    /^train\.mjs.*: SyntaxError: .*\nMend it/,
  );
});

test('a file that is merely without constants, and every other error, stays what it was', async () => {
  await expect(named('console.log(1);\n')).rejects.toBe(none);
  const other = new Error('no Ollama');
  await expect(named('const x = (1;\n', other)).rejects.toBe(other);
});
