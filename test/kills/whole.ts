import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { foldAll } from '../../src/journal/fold.ts';
import { readJournal } from '../../src/journal/read.ts';
import { resultsTsv } from '../../src/journal/results-tsv.ts';
import type { RunState } from '../../src/journal/state.ts';
import { fingerprint } from '../e2e/fingerprint.ts';
import { journalFaults } from '../e2e/night.ts';
import { runFolder, tagsIn } from '../e2e/run-pawl.ts';
import type { SmallRun } from './small-run.ts';

/** What was true before a kill and has to stay true. */
export interface Before {
  user: Record<string, string>;
  /** The journal's whole lines. */
  journal: string;
}

/** The journal's whole lines: a last one that was cut short is no line. */
export function journalText(run: SmallRun): string {
  if (tagsIn(run.project.directory).length === 0) return '';
  const path = join(runFolder(run.project.directory), 'journal.jsonl');
  return readFileSync(path).subarray(0, readJournal(path).goodBytes).toString('utf8');
}

export function lookBefore(run: SmallRun): Before {
  return { user: fingerprint(run.project), journal: journalText(run) };
}

/** What is wrong after a kill and an ended resume, one line each; see DESIGN 6. Nothing is the answer. */
export function faultsAfter(run: SmallRun, before: Before): string[] {
  const { project } = run;
  const folder = runFolder(project.directory);
  const { events } = readJournal(join(folder, 'journal.jsonl'));
  const state = foldAll(events);
  const faults = journalFaults(events);
  if (!journalText(run).startsWith(before.journal)) faults.push('lost: lines of the journal are gone');
  for (const [n, e] of state.experiments.entries())
    if (e.verdict === null) faults.push(`#${n} is not decided`);
  faults.push(...redone(state), ...refFaults(run, state));
  if (readFileSync(join(folder, 'results.tsv'), 'utf8') !== resultsTsv(state))
    faults.push('results.tsv is not the state');
  faults.push(...orphansOf(run).map((what) => `orphan: ${what}`));
  const now = fingerprint(project);
  for (const key of new Set([...Object.keys(now), ...Object.keys(before.user)]))
    if (now[key] !== before.user[key]) faults.push(`changed: ${key}: ${before.user[key]} -> ${now[key]}`);
  for (const left of readdirSync(dirname(dirname(folder))))
    if (/^lock/.test(left)) faults.push(`left behind: .pawl/${left}`);
  for (const left of ['worktree', 'worktree.index', 'results.tsv.new'])
    if (existsSync(join(folder, left))) faults.push(`left behind: ${left}`);
  return faults;
}

/** Trials that gave a number and were run once more: at most the running one may be. */
function redone(state: RunState): string[] {
  return state.experiments.flatMap((e) => {
    const own = e.trials.filter((t) => t.role !== 'champion');
    const good = new Map<string, number>();
    for (const t of own) if (t.outcome === 'ok') good.set(`${t.seed}`, (good.get(`${t.seed}`) ?? 0) + 1);
    return [...good].flatMap(([seed, times]) =>
      times > 1 ? [`#${e.n}: seed ${seed} was measured ${times} times`] : [],
    );
  });
}

/** One ref for each commit, the champion's where the fold says, and the branch holds what is kept and nothing else. */
function refFaults({ project }: SmallRun, state: RunState): string[] {
  const faults: string[] = [];
  const root = `refs/pawl/${state.tag}/`;
  const refs = new Map<string, string>();
  for (const line of project.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n')) {
    const [name, sha] = line.split(' ');
    refs.set(name!, sha!);
  }
  for (const e of state.experiments) {
    const sha = refs.get(root + e.n);
    if (e.n === 0 || e.sha === sha || (e.sha === null && sha === undefined)) continue;
    // Cut off between its ref and its line in the journal: the commit is kept, and it is told.
    if (e.sha === null && e.verdict === 'void') continue;
    faults.push(`#${e.n} is ${e.sha} in the journal, ${sha} in git`);
  }
  if (refs.get(`${root}champion`) !== state.champion.sha) faults.push('the champion ref is not the champion');
  if (refs.get(`${root}base`) !== state.base) faults.push('the base ref is not the base');
  const kept = state.experiments.filter((e) => e.verdict === 'kept' && e.n > 0).map((e) => e.sha);
  const branch = project.git('log', '--format=%H', '--reverse', `${state.base}..${state.branch}`);
  if (branch.split('\n').filter(Boolean).join() !== kept.join())
    faults.push('the branch is not what is kept');
  const lost = [...refs.keys()].filter((name) => name.startsWith(`${root}lost/`));
  for (const name of lost) if (project.git('cat-file', '-t', refs.get(name)!) !== 'commit') faults.push(name);
  return faults;
}

/** Processes that were started for the run and still live: by its cookie, or because they stand in its folders. */
export function orphansOf(run: SmallRun): string[] {
  const root = dirname(run.project.home);
  const standing = readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${root}/`);
    } catch {
      return false;
    }
  });
  const pids = new Set([...run.trialProcesses().map(String), ...standing]);
  return [...pids].flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return words === '' ? [] : [`${pid} ${words}`];
    } catch {
      return [];
    }
  });
}
