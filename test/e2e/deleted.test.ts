import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockHolder } from '../../src/engine/lock-holder.ts';
import { createTemporaryProject } from '../harness/temporary-project.ts';
import { startPawl, stateIn, until } from './run-pawl.ts';

test('.pawl deleted under a running engine: it ends by itself and leaves nothing that git would show', async () => {
  const project = createTemporaryProject({ trialMs: 300, settings: { proposer: 'tuner' } });
  try {
    const pawl = startPawl(project, 'run', '--headless');
    await until('an experiment is decided', () => stateIn(project.directory).experiments[1]?.verdict);
    const engine = lockHolder(project.directory)!;
    rmSync(join(project.directory, '.pawl'), { recursive: true, force: true });
    const ran = await pawl.ended;
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/was deleted while the run went on/);
    await until('the engine is gone', () => !existsSync(`/proc/${engine.pid}`));
    expect(existsSync(join(project.directory, '.pawl'))).toBe(false);
    expect(project.git('status', '--porcelain')).toBe('');
  } finally {
    project.remove();
  }
});
