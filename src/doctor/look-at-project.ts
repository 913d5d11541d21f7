import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atItsLine } from '../config/at-its-line.ts';
import { loadSettings } from '../config/load-config.ts';
import { UserError } from '../protocol/failure.ts';
import type { Finding } from '../protocol/findings.ts';
import type { Settings } from '../protocol/settings.ts';
import { Git } from '../workspace/git.ts';
import { type Inspection, inspectProject } from '../workspace/inspect-project.ts';
import { planLinks } from '../workspace/links.ts';
import { findRepository, listTree, type Repository } from '../workspace/repository.ts';
import { fail, failed, ok, warn } from './finding.ts';
import { sharedLogFinding } from './shared-log.ts';

/** The project as a run would take it; null = that part cannot be used. */
export interface ProjectLook {
  findings: Finding[];
  settings: Settings | null;
  inspection: Inspection | null;
  /** Surface files and their texts. */
  surface: Map<string, string>;
}

/** Looks at repository, config, surface and inputs with the checks that a run makes. Changes nothing. */
export async function lookAtProject(projectDir: string): Promise<ProjectLook> {
  const findings: Finding[] = [];
  const settings = readConfig(projectDir, findings);
  const repository = await findRepository(projectDir).catch((error: unknown) => {
    findings.push(failed('git', error));
    return null;
  });
  if (repository === null) return { findings, settings, inspection: null, surface: new Map() };
  findings.push(...(await repositoryFindings(repository)));
  if (settings === null) return { findings, settings, inspection: null, surface: new Map() };
  const inspection = await inspectProject(projectDir, settings).catch((error: unknown) => {
    findings.push(
      failed(
        /commits yet|cannot write/.test(String(error)) ? 'git' : 'surface',
        atItsLine(error, projectDir),
      ),
    );
    return null;
  });
  const surface = new Map<string, string>();
  if (inspection === null)
    findings.push(warn('inputs', 'not looked at: that needs a surface and a repository that can be used'));
  if (inspection !== null) {
    for (const path of inspection.surface) surface.set(path, readFileSync(join(projectDir, path), 'utf8'));
    const lines = [...surface.values()].reduce((sum, text) => sum + text.split('\n').length, 0);
    findings.push(ok('surface', `${counted(surface.size, 'file')}, ${counted(lines, 'line')}`));
    const shared = sharedLogFinding(settings, inspection.surface, (path) =>
      existsSync(join(projectDir, path)),
    );
    if (shared) findings.push(shared);
    for (const warning of inspection.warnings) findings.push(warn('surface', warning));
    findings.push(await inputFinding(settings, repository, inspection.head));
  }
  return { findings, settings, inspection, surface };
}

function readConfig(projectDir: string, findings: Finding[]): Settings | null {
  try {
    const settings = loadSettings(projectDir);
    const { metric } = settings;
    findings.push(ok('config', `pawl.yaml: ${metric.direction} ${metric.name}, ${settings.command}`));
    return settings;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // One finding for each line of it that is wrong.
    for (const problem of error.message.split('\n')) findings.push(fail('config', problem));
    return null;
  }
}

/** What git is in the middle of, by the file that says so. */
const unfinished = [
  ['MERGE_HEAD', 'a merge'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['BISECT_LOG', 'a bisection'],
] as const;

/** What git is in the middle of here. */
export async function repositoryFindings({ project, gitVersion, shallow }: Repository): Promise<Finding[]> {
  const findings = [ok('git', `git ${gitVersion}`)];
  const gitDir = (
    await new Git({ cwd: project }).text(['rev-parse', '--path-format=absolute', '--git-dir'])
  ).trim();
  const open = unfinished.find(([file]) => existsSync(join(gitDir, file)));
  if (open) {
    findings.push(
      warn(
        'git',
        `${open[1]} is not finished`,
        'A run starts from the last commit; finish it first if you want it in.',
      ),
    );
  }
  if (shallow) findings.push(ok('git', 'a shallow clone: fine for a run'));
  return findings;
}

async function inputFinding(settings: Settings, repository: Repository, head: string): Promise<Finding> {
  const { project, prefix } = repository;
  try {
    const tree = await listTree(new Git({ cwd: project }), head);
    const links = await planLinks(settings.link, project, prefix, tree);
    if (links.length === 0)
      return ok(
        'inputs',
        'no linked inputs: a trial sees only files that git tracks (see link: in pawl.yaml)',
      );
    return ok('inputs', `${links.map((link) => link.path).join(', ')} will be linked into the worktree`);
  } catch (error) {
    return failed('inputs', atItsLine(error, project));
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
