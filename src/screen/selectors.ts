import type { Experiment, RunState } from '../journal/state.ts';
import type { Snapshot } from './store.ts';

const lists = new WeakMap<Experiment[], Experiment[]>();

/** Experiments that exist, in order of their numbers. Worked out once for each state; not to be changed. */
export function experimentsOf({ experiments }: Pick<RunState, 'experiments'>): Experiment[] {
  let list = lists.get(experiments);
  if (!list) {
    // A hole is the mark of a damaged journal; without one a night's thousands are not copied.
    list = experiments.includes(undefined as never) ? experiments.filter(Boolean) : experiments;
    lists.set(experiments, list);
  }
  return list;
}

/** What follows from the experiments alone, worked out once for each list of them: frames ask far more often than they change. */
export function oncePerList<T>(work: (experiments: RunState['experiments']) => T) {
  const known = new WeakMap<RunState['experiments'], { value: T }>();
  return ({ experiments }: Pick<RunState, 'experiments'>): T => {
    const found = known.get(experiments) ?? { value: work(experiments) };
    known.set(experiments, found);
    return found.value;
  };
}

/** Numbers of the kept ones, the baseline not counted. */
export const keptNumbers = oncePerList((experiments) =>
  experiments.filter((e) => e && e.n > 0 && e.verdict === 'kept').map((e) => e.n),
);

/** The undecided experiment, or null. */
export function currentExperiment(run: RunState): Experiment | null {
  return run.current === null ? null : (run.experiments[run.current] ?? null);
}

/** The experiment that the panes show: the selected one, else the running one, else the latest. */
export function shownExperiment({ run, view }: Pick<Snapshot, 'run' | 'view'>): Experiment | null {
  if (view.selected !== null) return run.experiments[view.selected] ?? null;
  return currentExperiment(run) ?? run.experiments.at(-1) ?? null;
}

/** The trial whose log is shown. `live`: it is the one that the engine tells about. */
export interface ShownTrial {
  n: number;
  k: number;
  live: boolean;
}

/** The trial whose log the log pane shows: the chosen one, else the experiment's latest, else the running one. */
export function shownTrial({ run, view, live }: Pick<Snapshot, 'run' | 'view' | 'live'>): ShownTrial | null {
  const { log } = live;
  const told = log.ring.end > 0 || log.live !== null || live.trial !== null;
  const chosen = view.log.trial;
  if (chosen) return { ...chosen, live: told && log.n === chosen.n && log.k === chosen.k };
  if (told && (view.selected === null || view.selected === run.current))
    return { n: log.n, k: log.k, live: true };
  // After a resume the engine tells nothing of a trial that ended before: its log lies in the run's folder.
  const shown = shownExperiment({ run, view });
  const trial = shown?.trials.at(-1);
  if (!shown || !trial || trial.endedAt === null) return null;
  return { n: shown.n, k: trial.k, live: told && log.n === shown.n && log.k === trial.k };
}

/** True while a trial is being timed. */
export function trialRuns({ run, live }: Pick<Snapshot, 'run' | 'live'>): boolean {
  return run.ended === null && (live.phase.phase === 'training' || live.phase.phase === 'baseline');
}

/** Seconds without a word that are worth telling of a trial. */
const longSilence = 60;

/** For how long the running trial has said nothing, seconds; null while that is nothing to wonder about. */
export function silentFor({ run, live, now }: Pick<Snapshot, 'run' | 'live' | 'now'>): number | null {
  const { trial, log } = live;
  if (!trial || !trialRuns({ run, live }) || !trialOpen(run, trial)) return null;
  const said = log.n === trial.n && log.k === trial.k ? log.saidAt : 0;
  const seconds = (now - Math.max(said, trial.startedAt)) / 1000;
  return seconds >= longSilence ? seconds : null;
}

/** The trial that runs now, where it does not belong to the experiment at work: the champion, measured once more. */
export function championAgain({ run, live }: Pick<Snapshot, 'run' | 'live'>, short = false): string | null {
  const { trial, phase } = live;
  if (!trial || run.ended || phase.phase !== 'training' || trial.n === phase.n || !trialOpen(run, trial))
    return null;
  const name = trial.n === 0 ? 'baseline' : short ? `#${trial.n}` : `champion #${trial.n}`;
  return `${name} again, for #${phase.n}`;
}

/** The proposal that waits for the user's yes and is in sight; null = none does. */
export function waitingProposal({ run, live, view }: Pick<Snapshot, 'run' | 'live' | 'view'>) {
  const { approval } = run;
  if (!approval || approval.answer !== null || run.ended || live.phase.phase !== 'approving') return null;
  return view.selected === null || view.selected === approval.n ? approval : null;
}

/** The experiment that `v` speaks of: the selected one, else the one that the run asks about, else the latest decided. */
export function judgedExperiment({ run, view }: Pick<Snapshot, 'run' | 'view'>): Experiment | null {
  const n = view.selected ?? askedOf(run);
  if (n !== null) return run.experiments[n] ?? null;
  return run.experiments.findLast((e) => e && e.n > 0 && e.verdict !== null) ?? null;
}

/** The experiment that the run is held to ask about: is its number to be believed? null = it asks nothing. */
export function askedOf({ held, ended }: Pick<RunState, 'held' | 'ended'>): number | null {
  return ended ? null : (held?.asks ?? null);
}

/** True when its numbers are not those of its verdict any more: it ran again, as the champion or for the user. */
export function measuredSince({ asDecided, metric, remeasured }: Experiment): boolean {
  return asDecided !== null && (remeasured > 0 || asDecided.metric !== metric);
}

/** Notes that proposals still read, or will: sticky ones, and those that nobody has read. */
export function notesInForce(run: RunState): RunState['notes'] {
  return run.notes.filter((note) => !note.withdrawn && (note.sticky || note.usedBy === null));
}

/** The latest act that can still be taken back, as `u` does it. */
export function nextUndo({ live }: Pick<Snapshot, 'live'>): Snapshot['live']['undos'][number] | null {
  return live.undos.find((act) => act.gone === undefined) ?? null;
}

/** True until the journal knows the end of that trial. */
export function trialOpen(run: RunState, { n, k }: { n: number; k: number }): boolean {
  return run.experiments[n]?.trials.find((trial) => trial.k === k)?.endedAt === null;
}

/** A hold that was asked for but waits for the trial's end. */
export function holdPending({ run, live }: Pick<Snapshot, 'run' | 'live'>): boolean {
  return (
    run.ended === null && live.phase.phase !== 'held' && (run.held !== null || live.wishes.hold !== null)
  );
}

/** The measured number of the champion and of the baseline. */
export function bestAndBaseline(run: RunState): { best: number | null; baseline: number | null } {
  return {
    best: run.experiments[run.champion.n]?.metric ?? null,
    baseline: run.experiments[0]?.metric ?? null,
  };
}

/** True when gains are relative (the decision scale is logarithmic), as the policy chooses it. */
export function relativeScale(run: RunState): boolean {
  const scale = run.settings?.metric.scale ?? 'auto';
  if (scale !== 'auto') return scale === 'log';
  return (run.experiments[0]?.metric ?? 1) > 0;
}

/** How the metric changed against the champion, in its own sign: a fraction, or a difference on an absolute scale. */
export function changeOf(run: RunState, gain: number): { value: number; relative: boolean } {
  const better = run.settings?.metric.direction === 'maximize' ? gain : -gain;
  return relativeScale(run)
    ? { value: Math.expm1(better), relative: true }
    : { value: better, relative: false };
}

/** Experiments decided per hour of work, over the last twenty; null before there is anything to say. */
export function perHour(run: RunState): number | null {
  const decided: Experiment[] = [];
  // From the newest back: the clock asks every second, and a night has thousands.
  for (let n = run.experiments.length - 1; n > 0 && decided.length < 20; n--) {
    const e = run.experiments[n];
    if (e && e.endedAt !== null) decided.push(e);
  }
  if (decided.length < 2) return null;
  const ms = decided.reduce((sum, e) => sum + workMs(e), 0);
  return ms > 0 ? (decided.length / ms) * 3_600_000 : null;
}

// An experiment that a stop or a hold has interrupted lasted longer than its parts explain: checks and commits take
// less than that minute.
function workMs(e: Experiment): number {
  const known = e.proposeSeconds + e.trials.reduce((sum, trial) => sum + (trial.seconds ?? 0), 0);
  return Math.min(Date.parse(e.endedAt!) - Date.parse(e.startedAt), known * 1000 + 60_000);
}

/** Seconds that the run has worked, the time between a stop and its resume not counted. */
export function upSeconds(run: RunState, now: number): number {
  const end = run.ended ? Date.parse(run.ended.at) : now;
  return (end - Date.parse(run.startedAt) - run.idleMs) / 1000;
}
