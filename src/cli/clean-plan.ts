import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesBelow } from '../doctor/folder-size.ts';
import { runPaths } from '../engine/engine-options.ts';
import { foldAll } from '../journal/fold.ts';
import { scanJournal } from '../journal/read.ts';
import type { RunState } from '../journal/state.ts';
import type { RunInGit } from '../workspace/forget-run.ts';

export interface CleanWishes {
  /** Logs and outputs of experiments too. */
  logs: boolean;
  /** Outputs of experiments (PAWL_OUT_DIR), and nothing else of them. */
  outputs: boolean;
  /** Whole runs that have ended. */
  runs: boolean;
}

/** Something of a run that would go. */
export interface Freed {
  what: 'worktree' | 'cache' | 'logs' | 'outputs' | 'run';
  paths: string[];
  bytes: number;
  /** For people: how many logs, or what of a run. */
  detail: string;
}

/** What cleaning one run would do. */
export interface RunPlan {
  tag: string;
  freed: Freed[];
  /** Why something stays, one sentence each. */
  stays: string[];
  /** The whole run goes, with its refs and branch. */
  whole: boolean;
}

/** Plans to clean one run that is not going on. Reads only. */
export function planRun(projectDir: string, tag: string, git: RunInGit, wishes: CleanWishes): RunPlan {
  const paths = runPaths(projectDir, tag);
  const state = stateOf(paths.journal);
  const plan: RunPlan = { tag, freed: [], stays: [], whole: false };
  const held = heldExperiments(state, git);
  if (wishes.runs) {
    if (state === null) plan.stays.push('its journal cannot be read, so nobody knows what is pinned in it');
    else if (state.ended === null) plan.stays.push('it was cut off and can go on (pawl resume)');
    else if (held.length > 0) plan.stays.push(`${held.map((n) => `#${n}`).join(', ')} adopted or pinned`);
    else {
      const refs = git.refs.length + (git.branch ? 1 : 0);
      plan.whole = true;
      plan.freed.push({
        what: 'run',
        paths: [paths.dir],
        bytes: bytesBelow(paths.dir),
        detail: `${state.experiments.length} experiments, ${refs} refs${unadopted(state)}`,
      });
      return plan;
    }
  }
  const add = (what: Freed['what'], candidates: string[], detail = '') => {
    const there = candidates.filter((path) => existsSync(path));
    const bytes = there.reduce((sum, path) => sum + bytesBelow(path), 0);
    // Empty folders are nothing to ask about.
    if (bytes > 0) plan.freed.push({ what, paths: there, bytes, detail });
  };
  add('worktree', [paths.worktree, join(paths.dir, 'worktree.index')]);
  add('cache', [paths.cache, paths.cacheBase, `${paths.cacheBase}.json`]);
  if (wishes.outputs && !wishes.logs && state !== null) {
    const outputs = logsOf(paths.dir, new Set([...held, 0, state.champion.n])).filter((path) =>
      /[/]out-[0-9]+$/.test(path),
    );
    add(
      'outputs',
      outputs,
      `${outputs.length} trials; the baseline’s, the champion’s, adopted and pinned ones stay`,
    );
  }
  if (wishes.logs && state !== null) {
    const keep = new Set([...held, 0, state.champion.n]);
    const logs = logsOf(paths.dir, keep);
    add(
      'logs',
      logs,
      `${logs.length} of experiments; the baseline’s, the champion’s, adopted and pinned ones stay`,
    );
  }
  return plan;
}

/** A whole run goes only when nothing of it was adopted: what is lost with it is said. */
function unadopted({ counts, champion }: RunState): string {
  if (champion.n === 0) return '';
  return `; ${counts.kept} kept ${counts.kept === 1 ? 'change was' : 'changes were'} never adopted (pawl adopt)`;
}

/** Experiments whose commit and files must stay: adopted, or pinned by the user. */
function heldExperiments(state: RunState | null, git: RunInGit): number[] {
  const pinned = state?.experiments.filter((e) => e?.pinned).map((e) => e.n) ?? [];
  return [...new Set([...git.adopted, ...pinned])].sort((a, b) => a - b);
}

function stateOf(journal: string): RunState | null {
  try {
    const state = foldAll(scanJournal(journal));
    return state.tag === '' ? null : state;
  } catch {
    // A damaged journal says nothing about what is pinned: then the run as a whole must stay.
    return null;
  }
}

function logsOf(runDir: string, keep: ReadonlySet<number>): string[] {
  const root = join(runDir, 'experiments');
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((name) => {
    if (!/^\d+$/.test(name) || keep.has(Number(name))) return [];
    const dir = join(root, name);
    return readdirSync(dir)
      .filter((file) => /^(trial-\d+\.log|out-\d+)$/.test(file))
      .map((file) => join(dir, file));
  });
}
