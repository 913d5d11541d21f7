import { eventTypes } from '../protocol/events.ts';
import { emptyState } from './fold.ts';
import { flatCurve, withFlatCurve } from './held-curve.ts';
import {
  pooledArm,
  pooledConditions,
  pooledConstants,
  pooledReplies,
  pooledText,
  pooledTexts,
  withPooledBoot,
} from './pool.ts';
import { newExperiment, newTrial } from './records.ts';
import type { Experiment, RunState, Trial } from './state.ts';

// A folded state as it travels to a screen that comes late: the same state that folding all of the journal would give,
// without sending the journal. What an experiment or a trial has as every one begins is left out: most of it.

/** An experiment or trial without what it has in common with a fresh one. null marks a number that is missing. */
export type Thin = Record<string, unknown>;

/** All of a state but its experiments. */
export type StateHead = Omit<RunState, 'experiments'>;

const freshTrial: Trial = newTrial(
  {
    type: 'trial.started',
    n: 0,
    k: 0,
    role: 'baseline',
    sha: '',
    seed: 0,
    process: { pid: 0, startTicks: null, bootId: null },
  } as Parameters<typeof newTrial>[0],
  '',
);
const freshExperiment: Experiment = newExperiment(
  { type: 'experiment.started', n: 0, parent: '', proposer: 'human' } as Parameters<typeof newExperiment>[0],
  '',
  null as never,
);

const emptyList: readonly unknown[] = [];
const fieldsOf = (fresh: object) =>
  Object.entries(fresh).map(([key, value]) => [key, Array.isArray(value) ? emptyList : value] as const);
const experimentFields = fieldsOf(freshExperiment);
const { curve: _, ...begunTrial } = freshTrial;
const trialFields = fieldsOf(begunTrial);

/**
 * Names the shape of a state: two programs with the same name for it read each other's. Made of its fields and of the
 * events that it folds, so that nobody can forget to count it up.
 */
export const stateShape: string = shapeOf(process.env.PAWL_VERSION ?? '0', [
  ...Object.keys(emptyState()),
  ...Object.keys(freshExperiment),
  ...Object.keys(freshTrial),
  ...eventTypes,
]);

/** The state without its experiments, which travel in pieces. */
export function headOf(state: RunState): StateHead {
  const { experiments: _, ...head } = state;
  return head;
}

/** Experiments `from` to `to` (exclusive), thin. */
export function thinExperiments(state: RunState, from: number, to: number): (Thin | null)[] {
  return state.experiments.slice(from, to).map((e) => {
    if (!e) return null;
    const out = differing(e, experimentFields);
    if (e.trials.length > 0)
      out.trials = e.trials.map((t) => ({ ...differing(t, trialFields), curve: flatCurve(t) }));
    return out;
  });
}

/** The experiments again. What they have in common they share. */
export function wholeExperiments(thin: readonly (Thin | null)[]): Experiment[] {
  return thin.map((t) => {
    if (t === null) return undefined as never;
    const e = { ...freshExperiment, ...(t as Partial<Experiment>) };
    holdOnce(e);
    if (t.trials) e.trials = (t.trials as Thin[]).map((trial) => wholeTrial(trial, e.sha));
    return e;
  });
}

/** As the fold does it: what came by a socket is a copy for every experiment again. */
function holdOnce(e: Experiment): void {
  e.parent = pooledText(e.parent);
  if (e.arm) e.arm = pooledArm(e.arm);
  if (e.family !== null) e.family = pooledText(e.family);
  if (e.files.length > 0) e.files = pooledTexts(e.files);
  if (e.replies.length > 0) e.replies = pooledReplies(e.replies);
  if (e.constants.length > 0) e.constants = pooledConstants(e.constants);
  if (e.asked.length > 0) e.asked = e.asked.map((a) => ({ ...a, arm: pooledArm(a.arm) }));
}

function wholeTrial({ curve, ...thin }: Thin, commit: string | null): Trial {
  const list = Array.isArray(curve) ? curve : [];
  const trial = { ...freshTrial, ...thin };
  if (trial.sha === commit) trial.sha = commit;
  trial.process = withPooledBoot(trial.process);
  if (trial.conditions) trial.conditions = pooledConditions(trial.conditions);
  if (list.length === 0) return trial;
  const { curve: _, ...begun } = trial;
  return withFlatCurve(begun, list);
}

function differing<T extends object>(whole: T, fresh: readonly (readonly [string, unknown])[]): Thin {
  const out: Thin = {};
  for (const [key, begun] of fresh) {
    const value = (whole as Thin)[key];
    if (value === begun || (begun === emptyList && (value as unknown[]).length === 0)) continue;
    out[key] = value;
  }
  return out;
}

/** FNV-1a, 32 bits, in hex; enough to tell versions of one program apart. */
function shapeOf(version: string, names: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const c of names.join(' ')) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193);
  return `${version}-${(hash >>> 0).toString(16)}`;
}
