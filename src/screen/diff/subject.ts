import type { Experiment, RunState } from '../../journal/state.ts';
import { shownExperiment } from '../selectors.ts';
import type { Snapshot } from '../store.ts';
import type { DiffBase } from '../view.ts';

/** What the diff pane is about. */
export interface DiffSubject {
  experiment: Experiment;
  against: DiffBase;
  /** What it can be compared with; the parent always. */
  bases: DiffBase[];
  /** Both commits, where the change must be asked of git; null = the change as it was proposed. */
  commits: { from: string; to: string } | null;
  /** `#14`, `the baseline`: what it is against. */
  name: string;
}

/** Which change is shown, and against what. A finished run shows what all of it came to: champion against baseline. */
export function diffSubject({ run, view }: Pick<Snapshot, 'run' | 'view'>): DiffSubject | null {
  const outcome = run.ended !== null && view.selected === null && run.champion.n > 0;
  const experiment = outcome ? (run.experiments[run.champion.n] ?? null) : shownExperiment({ run, view });
  if (!experiment) return null;
  const bases = basesOf(experiment, run);
  const wish = outcome && view.diff.against === 'parent' ? (bases.at(-1) ?? 'parent') : view.diff.against;
  const against = bases.includes(wish) ? wish : 'parent';
  const from =
    against === 'parent' ? experiment.parent : against === 'champion' ? run.champion.sha : run.base;
  const asked = against !== 'parent' || outcome;
  return {
    experiment,
    against,
    bases,
    commits: asked && experiment.sha ? { from, to: experiment.sha } : null,
    name: nameOf(from, run),
  };
}

function basesOf(e: Experiment, run: RunState): DiffBase[] {
  const bases: DiffBase[] = ['parent'];
  if (!e.sha || e.n === 0) return bases;
  // Once each: where the parent is the champion, comparing with it again would show the same.
  if (run.champion.n !== e.n && run.champion.sha !== e.parent) bases.push('champion');
  if (e.parent !== run.base && run.champion.sha !== run.base) bases.push('baseline');
  return bases;
}

function nameOf(sha: string, run: RunState): string {
  if (sha === run.base) return 'the baseline';
  const n = run.experiments.findIndex((e) => e?.sha === sha);
  if (n < 0) return sha.slice(0, 7);
  return run.champion.n === n ? `champion #${n}` : `#${n}`;
}
