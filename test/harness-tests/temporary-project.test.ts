import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTemporaryProject,
  type TemporaryProject,
  type TemporaryProjectOptions,
} from '../harness/temporary-project.ts';

let project: TemporaryProject;
const create = (options?: TemporaryProjectOptions) => {
  project = createTemporaryProject(options);
  return project;
};
afterEach(() => project.remove());

const train = (outDir: string, env: Record<string, string> = {}) =>
  execFileSync('node', ['train.mjs'], {
    cwd: project.directory,
    env: { ...project.env, PAWL_OUT_DIR: outDir, ...env },
    encoding: 'utf8',
  });
const metric = (output: string) => Number(/^METRIC val_loss=(.+)$/m.exec(output)?.[1]);

describe('createTemporaryProject', () => {
  it('is a clean, committed repository with its own home', () => {
    const { directory, env, git } = create({ folder: 'mein Projekt ü', subfolder: 'a b/c' });
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '--format=%an %s')).toBe('Test Person The project as it was');
    expect(existsSync(join(directory, 'pawl.yaml'))).toBe(true);
    expect(directory).toContain('mein Projekt ü/a b/c');
    expect(env.HOME).not.toBe(process.env.HOME);
    project.remove();
    expect(existsSync(directory)).toBe(false);
  });

  it('trains: a line that rewrites itself, then the metric; noise repeats per trial and differs between them', () => {
    create({ noise: 0.01 });
    const first = train('/x/3/trial-1');
    expect(first.match(/\rstep \d{5} \([\d.]+%\) \| loss: [\d.]+/g)).toHaveLength(20);
    expect(metric(first)).toBeGreaterThan(1);
    expect(metric(train('/y/3/trial-1'))).toBe(metric(first));
    expect(metric(train('/x/3/trial-2'))).not.toBe(metric(first));
    expect(metric(train('/x/3/trial-1', { TOY_SEED: '2' }))).not.toBe(metric(first));
  });

  it('can be improved by its constants alone', () => {
    create({ noise: 0 });
    const before = metric(train('/x/1'));
    project.write('train.mjs', project.read('train.mjs').replace('0.02', '0.1').replace('24', '64'));
    expect(metric(train('/x/1'))).toBeLessThan(before * 0.85);
  });

  it.each(['none', 'no-commits', 'detached'] as const)('makes git state %s', (state) => {
    const { git, repository } = create({ git: state });
    if (state === 'none') expect(existsSync(join(repository, '.git'))).toBe(false);
    else if (state === 'no-commits') expect(() => git('rev-parse', 'HEAD')).toThrow();
    else expect(() => git('symbolic-ref', '--quiet', 'HEAD')).toThrow();
  });

  it('lays settings over the default ones', () => {
    const { read } = create({ settings: { budget: '2s', instructions: null, stop: { experiments: 3 } } });
    expect(read('pawl.yaml')).toContain('budget: 2s');
    expect(read('pawl.yaml')).toContain('experiments: 3');
    expect(read('pawl.yaml')).not.toContain('instructions');
  });
});
