import { join } from 'node:path';
import type { OpenedWorkspace, OpenWorkspace } from '../../src/workspace/open-workspace.ts';
import { openWorkspace } from '../../src/workspace/open-workspace.ts';
import { git } from './temporary-repository.ts';

/** Opens a run `t` of the project at `dir` with the surface `*.py` and `src/`, unless told otherwise. */
export function openRun(dir: string, more: Partial<OpenWorkspace> = {}): Promise<OpenedWorkspace> {
  const tag = more.tag ?? 't';
  return openWorkspace({
    projectDir: dir,
    runDir: join(dir, '.pawl', 'runs', tag),
    tag,
    base: git(dir, 'rev-parse', 'HEAD'),
    surface: ['*.py', 'src'],
    link: [],
    resume: false,
    ...more,
  });
}
