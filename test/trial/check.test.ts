import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentFailure } from '../../src/protocol/failure.ts';
import { runCheck } from '../../src/trial/check.ts';
import { hasProc } from '../../src/trial/process-table.ts';
import { folder, pidIn, runs, until } from './trial-harness.ts';

describe('runCheck', () => {
  it('passes or says why not, with the output', async () => {
    const root = folder();
    expect(
      await runCheck('echo "$MINE $PAWL_RUN_ID"', root, 5000, { MINE: 'a', PAWL_RUN_ID: 'b' }),
    ).toMatchObject({
      ok: true,
      why: null,
      tail: ['a b'],
    });
    const bad = await runCheck('echo "SyntaxError: x" >&2; exit 2', root, 5000);
    expect(bad).toMatchObject({ ok: false, why: 'exit 2', tail: ['SyntaxError: x'] });
  });
  it.skipIf(!hasProc)('ends at its limit, with all that it started', async () => {
    const root = folder();
    const result = await runCheck('sleep 600 & echo $! > pid; wait', root, 200);
    expect(result).toMatchObject({ ok: false, why: 'still running after 0.2 s' });
    expect(runs(pidIn(join(root, 'pid'))!)).toBe(false);
  });
  it('is no verdict when the folder is gone', async () => {
    await expect(runCheck('true', join(folder(), 'gone'), 1000)).rejects.toThrow(EnvironmentFailure);
  });

  it.skipIf(!hasProc)('does not make a key wait: aborted, it ends at once and leaves nothing', async () => {
    const root = folder();
    const abort = new AbortController();
    const check = runCheck('sleep 600 & echo $! > pid; wait', root, 30_000, {}, abort.signal);
    const child = await until('the check runs', () => pidIn(join(root, 'pid')));
    abort.abort();
    const result = await check;
    expect(result.ok).toBe(false);
    expect(runs(child)).toBe(false);
  });
});
